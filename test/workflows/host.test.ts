import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { generateKeyPair } from "../../gateways/vpn-host/keys.ts";
import { taskQueue } from "../../workflows/contract.ts";
import type { hostReconciliation, traffic } from "../../workflows/index.ts";
import { useStage } from "../support/stage.ts";
import { eventually } from "../support/eventually.ts";

const stage = useStage();

const reconcile = (mayRemoveMany = false) =>
  stage.client.workflow.execute<typeof hostReconciliation>("hostReconciliation", {
    taskQueue,
    workflowId: `host-reconciliation:${randomUUID()}`,
    args: [stage.hostId, mayRemoveMany],
  });

const stranger = () => ({
  deviceId: randomUUID() as never,
  label: "theirs",
  tunnel: {
    ...generateKeyPair(),
    presharedKey: generateKeyPair().publicKey,
    address: "10.9.15.200",
  },
});

const peers = async () => (await stage.host.list()).peers.map(({ publicKey }) => publicKey);

test("a host that restarted has its peers back after one tick, and nobody else's", async () => {
  await stage.customer();
  await stage.customer();
  const before = await peers();
  await reconcile();
  stage.host.restart();
  expect(await peers()).toEqual([]);
  expect(await reconcile()).toMatchObject({ restored: 2, removed: 0, restarted: true });
  expect((await peers()).toSorted()).toEqual(before.toSorted());
  expect(await reconcile()).toMatchObject({ restored: 0, removed: 0, restarted: false });
});

test("a peer that is not ours is never touched; one that was ours and is not any more is taken off", async () => {
  const bob = await stage.customer();
  const foreign = stranger();
  await stage.host.grant(foreign);
  const [old] = await stage.rows<{ public_key: string; address: string }>(
    `select d.public_key, d.address from devices d join subscriptions s on s.id = d.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [bob.id],
  );
  const [conf = ""] = await bob.keys();
  const lineOf = (name: string) => new RegExp(`^${name} = (\\S+)$`, "mu").exec(conf)?.[1] ?? "";
  await bob.say("/devices");
  await bob.presses(/^device-open:/u);
  await bob.presses(/^device-sure-revoke:/u);
  await bob.presses(/^device-revoke:/u);
  await bob.hears(/is removed/u);
  // As when the host is set back to a copy of an earlier day.
  await stage.host.grant({
    ...foreign,
    tunnel: {
      address: old!.address,
      publicKey: old!.public_key,
      privateKey: lineOf("PrivateKey"),
      presharedKey: lineOf("PresharedKey"),
    },
  });
  expect(await reconcile()).toMatchObject({ removed: 1, foreign: 1, held: 0 });
  expect(await peers()).toContain(foreign.tunnel.publicKey);
  expect(await peers()).not.toContain(old!.public_key);
});

test("more removals than a tick may do wait for somebody's word", async () => {
  const customers = await Promise.all(Array.from({ length: 12 }, () => stage.customer()));
  const ids = customers.map(({ id }) => id);
  const mine = `subscription_id in (select s.id from subscriptions s join customers c on c.id = s.customer_id
                 where c.telegram_id in (${ids.map(() => "?").join(",")}))`;
  const before = await peers();
  await stage.rows(
    `update subscriptions set state = 'expired' where id in
    (select subscription_id from devices where ${mine})`,
    ids,
  );
  expect(await reconcile()).toMatchObject({ removed: 0, held: 12 });
  expect(await peers()).toHaveLength(before.length);
  expect(await reconcile(true)).toMatchObject({ removed: 12, held: 0 });
  expect(await peers()).toHaveLength(before.length - 12);
});

test("what the host's counters say is in /usage within a tick", async () => {
  const bob = await stage.customer();
  await bob.say("/usage");
  await bob.hears(/No traffic yet/u);
  const [device] = await stage.rows<{ public_key: string }>(
    `select d.public_key from devices d join subscriptions s on s.id = d.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [bob.id],
  );
  stage.host.carry(device!.public_key, 2_048, 5 * 1_024 * 1_024);
  await stage.client.workflow.execute<typeof traffic>("traffic", {
    taskQueue,
    workflowId: `traffic:${randomUUID()}`,
    args: [stage.hostId],
  });
  await bob.say("/usage");
  await eventually(() => bob.hears(/⬇ 5 MB, ⬆ 2 KB[^]*Today: ⬇ 5 MB/u));
});
