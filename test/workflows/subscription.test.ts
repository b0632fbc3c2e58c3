import temporalProto from "@temporalio/proto";
import { expect, test } from "vitest";
import type { SubscriptionState } from "../../domain/access/subscription.ts";
import { dayMs, hourMs, secondMs } from "../../domain/time.ts";
import { peersOf, waitForState as restsAs } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { advance } from "../drivers/time-skipping.ts";

const { EventType } = temporalProto.temporal.api.enums.v1;

const app = useTestApp();

const lineOf = (name: string, conf: string | undefined) =>
  new RegExp(`^${name} = (\\S+)$`, "mu").exec(conf ?? "")?.[1];
const keyOf = (conf: string | undefined) => lineOf("PrivateKey", conf);

const waitForSubscriptionState = (person: Person, state: SubscriptionState, peers: number) =>
  restsAs(app, person, state, peers);

test("a trial ends on time: the peer is off the host, the customer is notified, the books say expired", async () => {
  const bob = await app.customer();
  const subscription = await app.subscriptionOf(bob);
  await waitForSubscriptionState(bob, "active", 1);
  await app.pass(subscription, 3 * dayMs - hourMs);
  await waitForSubscriptionState(bob, "active", 1);
  await app.pass(subscription, 2 * hourMs);
  await waitForSubscriptionState(bob, "expired", 0);
  await bob.waitForMessage(/access has ended/u);
});

test("an extension after the end brings the same key back; an extension before it adds to the end", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const subscription = await app.subscriptionOf(bob);
  await app.pass(subscription, 4 * dayMs);
  await waitForSubscriptionState(bob, "expired", 0);

  await admin.send(`/extend ${bob.id} 30`);
  await bob.waitForMessage(/access now runs until/u);
  await waitForSubscriptionState(bob, "active", 1);
  expect(await bob.listKeys()).toHaveLength(1);

  await admin.send(`/extend ${bob.id} 5`);
  await eventually(async () => {
    const lots = await app.rows<{ kind: string; days: number; at: string; paid_until: string }>(
      `select t.kind, t.ms / 86400000.0::float8 as days, t.at, t.paid_until from time_lots t
         join subscriptions s on s.id = t.subscription_id join customers c on c.id = s.customer_id
        where c.telegram_id = ? order by t.seq`,
      [bob.id],
    );
    expect(lots.map(({ kind, days }) => `${kind} ${days}`)).toEqual([
      "trial 3",
      "admin 30",
      "admin 5",
    ]);
    const [, first, second] = lots.map((lot) => Date.parse(lot.paid_until));
    expect(second! - first!).toBe(5 * dayMs);
  });
});

test("reminders come three days and one day before the end, each once, and an idle month costs at most 20 events", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const subscription = await app.subscriptionOf(bob);
  await admin.send(`/extend ${bob.id} 27`);
  await bob.waitForMessage(/access now runs until/u);
  const handle = app.client.workflow.getHandle(subscription);
  const before = await eventually(async () => {
    const events = (await handle.fetchHistory()).events ?? [];
    // The extension has woken it, and it has set its next timer.
    const types = events.map(({ eventType }) => eventType);
    expect(types).toContain(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    expect(types.at(-1)).toBe(EventType.EVENT_TYPE_TIMER_STARTED);
    return events.length;
  });
  for (let day = 1; day <= 29; day += 1) await app.pass(subscription, dayMs);
  await bob.waitForMessage(/^⏳ 1 day left/u);
  const reminders = (await bob.listTexts()).filter((text) => /^⏳ \d days? left/u.test(text));
  expect(reminders.map((text) => /(\d days?) left/u.exec(text)?.[1])).toEqual(["3 days", "1 day"]);
  const ours = ((await handle.fetchHistory()).events ?? [])
    .slice(before)
    .filter(({ eventType }) => !isTimeSkipping(eventType));
  expect(ours.length).toBeLessThanOrEqual(20);
});

/** Events that come from the test's own skipping of time. */
const isTimeSkipping = (type: unknown) =>
  type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED ||
  type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED;

test("an end that only Temporal's clock had reached is announced again when it comes: the calendar wakes by its timer", async () => {
  const bob = await app.customer();
  const workflowId = await app.subscriptionOf(bob);
  await waitForSubscriptionState(bob, "active", 1);
  await app.rows("update subscriptions set paid_until = now() + interval '15 s' where id = ?", [
    workflowId.replace("subscription:", ""),
  ]);
  await app.client.workflow.getHandle(workflowId).signal("booksChanged");
  await advance(app.connection, app.namespace, { workflowId, ms: 16 * secondMs });
  const ends = () =>
    app.rows<{ isTrue: boolean }>(
      `select m.created_at >= s.paid_until - interval '5 s' as "isTrue"
         from messages m join customers c using (telegram_id) join subscriptions s on s.customer_id = c.id
        where c.telegram_id = ? and m.content -> 'notice' ->> 'kind' = 'expired' order by m.id`,
      [bob.id],
    );
  expect(await ends()).toEqual([{ isTrue: false }]);
  await waitForSubscriptionState(bob, "active", 1);
  await eventually(async () => expect(await ends()).toEqual([{ isTrue: false }, { isTrue: true }]));
  await waitForSubscriptionState(bob, "expired", 0);
});

test("blocking stops the traffic and leaves only help in the bot; unblocking brings the same key back", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  await admin.send(`/find ${bob.id}`);
  await admin.pressButton(new RegExp(`^sure-block:${bob.id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:block:${bob.id}$`, "u"));
  await waitForSubscriptionState(bob, "blocked", 0);
  const received = (await bob.chat()).length;
  await bob.send("/devices");
  await bob.send("/start");
  await admin.send(`/find ${bob.id}`);
  await admin.pressButton(new RegExp(`^sure-unblock:${bob.id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:unblock:${bob.id}$`, "u"));
  await waitForSubscriptionState(bob, "active", 1);
  await bob.waitForMessage(/access is back/u);
  expect(await bob.chat()).toHaveLength(received + 5);
  const audit = await app
    .query()
    .selectFrom("audit_log as a")
    .innerJoin("customers as c", "c.id", "a.customerId")
    .select("a.act")
    .where("c.telegramId", "=", bob.id)
    .orderBy("a.at")
    .execute();
  expect(audit.map(({ act }) => act)).toEqual(["approve", "block", "unblock"]);
});

test("a device that is added gets its own key and address; one over the limit is refused", async () => {
  const bob = await app.customer();
  for (const n of [2, 3]) {
    await bob.send("/devices");
    await bob.pressButton(/^device-add$/u);
    await eventually(async () => expect(await bob.listKeys()).toHaveLength(n));
  }
  const keys = await bob.listKeys();
  expect(new Set(keys.map(keyOf)).size).toBe(3);
  expect(new Set(keys.map((key) => /^Address = (\S+)$/mu.exec(key)?.[1])).size).toBe(3);
  const { messageId, data } = await bob.button(/^device-add/u);
  await bob.press(messageId, data);
  await bob.waitForMessage(/can have 3 devices/u);
  await waitForSubscriptionState(bob, "active", 3);
});

test("the same device request twice is one device", async () => {
  const bob = await app.customer();
  const subscription = app.client.workflow.getHandle(await app.subscriptionOf(bob));
  const deviceId = "01890000-0000-7000-8000-000000000001";
  const request = { requestId: "r1", kind: "add", deviceId, name: "Phone" };
  await subscription.signal("deviceRequested", request);
  await subscription.signal("deviceRequested", request);
  await subscription.signal("deviceRequested", {
    requestId: "r2",
    kind: "rename",
    deviceId,
    name: "Tablet",
  });
  await bob.waitForMessage(/Renamed to/u);
  await waitForSubscriptionState(bob, "active", 2);
});

test("a new key is on the same host at an address of its own, and the old key is off it", async () => {
  const bob = await app.customer();
  await waitForSubscriptionState(bob, "active", 1);
  const [before] = await peersOf(app, bob);
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  await bob.pressButton(/^device-sure-reissue:/u);
  await bob.pressButton(/^device-reissue:/u);
  await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
  const [first, second] = await bob.listKeys();
  expect(keyOf(second)).not.toBe(keyOf(first));
  expect(lineOf("Endpoint", second)).toBe(lineOf("Endpoint", first));
  expect(lineOf("Address", second)).not.toBe(lineOf("Address", first));
  await waitForSubscriptionState(bob, "active", 1);
  expect(await peersOf(app, bob)).not.toContain(before);
  const everyone = (await app.host.list()).peers.map(({ identity }) => identity);
  expect(everyone).not.toContain(before);
});
