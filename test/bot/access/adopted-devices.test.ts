import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { adoptHostUsers } from "../../../client/hosts.ts";
import type { AdoptionOrder } from "../../../domain/access/adoption.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { generateKeyPair } from "../../../gateways/hosts/amneziawg/keys.ts";
import { textsIn } from "../../../texts/index.ts";
import { signals, workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { planFor } from "../../drivers/shop.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { asShown, devicesOf } from "../people.ts";

const app = useTestApp({ plans: [planFor("month", { RUB: 30_000 })] });
const { device: words } = textsIn("en").access;

async function adopt(owners: Readonly<Record<string, number>>) {
  const client = new DurableClient(app.client);
  const order: AdoptionOrder = {
    kind: "customers",
    plan: "month" as PlanCode,
    time: { kind: "days", days: 20 },
    language: "en",
    owners,
  };
  const { hostId } = app;
  const by = { by: operator, operatorName: "Ann" } as const;
  const request = { requestId: randomUUID(), ...by, hostId, order };
  return adoptHostUsers(client, { ...request, isDry: false }, 60_000);
}

const isThere = async (identity: string) =>
  (await app.host.list()).peers.some((peer) => peer.identity === identity);

test("a peer whose private key nobody knows goes on under its key and address, and its page says how to see one", async () => {
  const { publicKey: identity } = generateKeyPair();
  const peer = { addresses: ["10.9.0.77"], presharedHash: undefined };
  app.host.put(identity, peer);
  app.host.carry(identity, 5_000, 9_000);
  const bob = app.person();
  expect(await adopt({ [identity]: bob.id })).toMatchObject({ counts: { adopted: 1 } });
  expect(await adopt({ [identity]: bob.id })).toMatchObject({ counts: { adopted: 0, known: 1 } });

  const [row] = await app.rows<{ moved: number; id: string }>(
    `select s.moved_bytes::int as moved, s.id from subscriptions s
       join accesses a on a.subscription_id = s.id where a.identity = ?`,
    [identity],
  );
  // What it had moved before is nobody's use of a plan.
  expect(row!.moved).toBe(0);
  app.host.carry(identity, 1, 2);
  const reconciler = app.client.workflow.getHandle(workflowIds.host(app.hostId));
  await reconciler.signal(signals.checkNow);
  await eventually(async () => {
    const query = "select moved_bytes::int as moved from subscriptions where id = ?";
    expect(await app.rows(query, [row!.id])).toEqual([{ moved: 3 }]);
  });
  expect((await app.host.list()).peers).toContainEqual(
    expect.objectContaining({ identity, ...peer }),
  );

  await bob.send("/start");
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  const page = await bob.waitForMessage(asShown(words.ownKey));
  const buttons = JSON.stringify(page.reply_markup);
  expect(buttons).not.toContain("device-show");
  expect(buttons).not.toContain("device-qr");
  expect(buttons).toContain("device-sure-reissue");

  // Taken off and let in again by the books alone: the same key, without its owner's half of it.
  const end = (moment: string) =>
    app.rows(`update subscriptions set paid_until = ${moment} where id = ?`, [row!.id]);
  await end("now() - interval '1 day'");
  await eventually(async () => expect(await isThere(identity)).toBe(false));
  await end("now() + interval '20 days'");
  await eventually(async () => expect(await isThere(identity)).toBe(true));

  await bob.pressButton(/^device-sure-reissue:/u);
  await bob.pressButton(/^device-reissue:/u);
  await bob.waitForMessage(/Your key for/u);
  await eventually(async () => expect(await isThere(identity)).toBe(false));
  const [device] = await devicesOf(app, bob);
  expect(device!.public_key).not.toBe(identity);
});

test("a customer who has a subscription gets a further one for what is taken over", async () => {
  const { publicKey: identity } = generateKeyPair();
  app.host.put(identity, { addresses: ["10.9.0.78"], presharedHash: undefined });
  const alice = await app.customer();
  expect(await adopt({ [identity]: alice.id })).toMatchObject({ counts: { adopted: 1 } });
  const numbers = await app.rows<{ number: number; cause: string }>(
    `select s.number, t.kind from subscriptions s join customers c on c.id = s.customer_id
       join time_lots t on t.subscription_id = s.id where c.telegram_id = ? order by 1`,
    [alice.id],
  );
  expect(numbers).toEqual([
    { number: 1, kind: "trial" },
    { number: 2, kind: "import" },
  ]);
});

test("an address of a customer, a blocked customer and a stranger's name are refused", async () => {
  const carol = await app.customer();
  const [device] = await devicesOf(app, carol);
  const keys = Array.from({ length: 3 }, () => generateKeyPair().publicKey);
  const [taken, outside, blocked] = keys as [string, string, string];
  app.host.put(taken, { addresses: [device!.address], presharedHash: undefined });
  app.host.put(outside, { addresses: ["192.168.0.5"], presharedHash: undefined });
  app.host.put(blocked, { addresses: ["10.9.0.90"], presharedHash: undefined });
  const dave = await app.customer();
  await app.rows("update customers set status = 'blocked' where telegram_id = ?", [dave.id]);
  const owners = { [taken]: carol.id, [outside]: carol.id, [blocked]: dave.id };
  const result = await adopt(owners);
  expect(result).toMatchObject({ counts: { adopted: 0, refused: 3 } });
  const lines = result.kind === "done" ? result.lines : [];
  expect(Object.fromEntries(lines.map(({ identity, why }) => [identity, why]))).toEqual({
    [taken]: "addressTaken",
    [outside]: "badAddress",
    [blocked]: "blocked",
  });
});
