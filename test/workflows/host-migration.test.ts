import { expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeHost } from "../../client/hosts.ts";
import type { HostChange, HostChangeResult } from "../../domain/access/host-change.ts";
import { hostId, type HostId } from "../../domain/ids.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { memorySettings, useTestApp } from "../drivers/test-app.ts";
import { shown } from "../bot/people.ts";
import { textsIn } from "../../texts/index.ts";

const settings = memorySettings("10.78.0.0/20");
const second = new MemoryVpnHost(settings);
const app = useTestApp({ secondHost: { settings, host: second, capacity: 2 } });

const change = (made: HostChange, requestId: string = crypto.randomUUID()) =>
  changeHost(new DurableClient(app.client), { requestId, by: operator, change: made });

const idOf = async (name: string): Promise<HostId> => {
  const [row] = await app.rows<{ id: string }>("select id from hosts where name = ?", [name]);
  return hostId(row!.id);
};

/** The accesses of a person's devices that may be on a host: the host's name and the identity. */
const placesOf = ({ id }: Person) =>
  app.rows<{ host: string | null; identity: string; is_old: boolean }>(
    `select h.name as host, a.identity, a.retired_at is not null as is_old
       from accesses a join subscriptions s on s.id = a.subscription_id
       join customers c on c.id = s.customer_id left join hosts h on h.id = a.host_id
      where c.telegram_id = ? and a.removed_at is null order by a.created_at`,
    [id],
  );

const hasPeer = async (host: MemoryVpnHost, identity: string) =>
  (await host.list()).peers.some((peer) => peer.identity === identity);

const migrationIn = (result: HostChangeResult): string => {
  if (result.kind === "refused" || result.migration === undefined) throw new Error(result.kind);
  return workflowIds.hostMigration(result.migration.migrationId);
};

const texts = textsIn("en");

test("a host is emptied with an overlap, waits for room, and can be removed when the old keys are gone", async () => {
  await app.rows("update hosts set state = 'draining' where name = 'two'");
  const admin = await app.admin();
  const people = [await app.customer(), await app.customer(), await app.customer()];
  await app.rows("update hosts set state = 'open' where name = 'two'");
  const hostOne = await idOf("one");
  const requestId = crypto.randomUUID();
  const begun = await change({ kind: "migrate", hostId: hostOne, ratePerMinute: 1_200 }, requestId);
  expect(await change({ kind: "migrate", hostId: hostOne }, requestId)).toMatchObject({
    kind: "changed",
  });
  const workflow = app.client.workflow.getHandle(migrationIn(begun));
  await admin.waitForMessage(/No host has room for the 1 device that are still on one/u);
  expect(await change({ kind: "resume", hostId: hostOne })).toMatchObject({ why: "migrating" });
  expect(await change({ kind: "remove", hostId: hostOne })).toMatchObject({ why: "migrating" });
  await app.rows("update hosts set capacity = 9 where name = 'two'");
  await workflow.signal("checkNow");
  expect(await workflow.result()).toBe("done");
  await admin.waitForMessage(/Host one is empty: 3 devices moved/u);
  for (const person of people) {
    await eventually(async () => expect(await person.listKeys()).toHaveLength(2));
    await person.waitForMessage(/moves to another server[^]*The old key works until/u);
    const [old, next] = await placesOf(person);
    expect([old, next]).toMatchObject([
      { host: "one", is_old: true },
      { host: "two", is_old: false },
    ]);
    expect(await hasPeer(app.host, old!.identity)).toBe(true);
    expect(await hasPeer(second, next!.identity)).toBe(true);
    // They use the new key: the old one is off.
    second.carry(next!.identity, 10, 10);
    await eventually(async () => expect(await placesOf(person)).toHaveLength(1));
    expect(await hasPeer(app.host, old!.identity)).toBe(false);
  }
  expect(await change({ kind: "abortMigration", hostId: hostOne })).toMatchObject({
    why: "noMigration",
  });
});

test("a host that is lost is never asked again, and its customers have a new key on another one at once", async () => {
  await app.rows("update hosts set state = 'draining' where name = 'two'");
  await app.rows("update hosts set state = 'open' where name = 'one'");
  const admin = await app.admin();
  const bob = await app.customer();
  await app.rows("update hosts set state = 'open' where name = 'two'");
  const [before] = await placesOf(bob);
  const lost = await change({ kind: "lose", hostId: await idOf("one") });
  expect(await app.client.workflow.getHandle(migrationIn(lost)).result()).toBe("done");
  await bob.waitForMessage(new RegExp("out of order for good", "u"));
  await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
  const [next, ...others] = await placesOf(bob);
  expect(others).toEqual([]);
  expect(next).toMatchObject({ host: "two", is_old: false });
  await admin.waitForMessage(/Host one is given up\. 1 device got another host/u);
  // Nobody has taken it off: the host is not asked any more.
  expect(await hasPeer(app.host, before!.identity)).toBe(true);
  const reconciler = app.client.workflow.getHandle(workflowIds.host(app.hostId));
  await eventually(async () => expect((await reconciler.describe()).status.name).toBe("COMPLETED"));
  expect(await change({ kind: "lose", hostId: app.hostId })).toMatchObject({ why: "noHost" });
  expect(shown(texts.operations.hosts.gone)).not.toBe("");
});
