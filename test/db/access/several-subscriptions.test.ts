import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { listSubscriptions } from "../../../db/access/subscriptions.ts";
import { Refunds } from "../../../db/payments/refunds.ts";
import { Renewals } from "../../../db/payments/renewals.ts";
import { AdminActs } from "../../../db/people/admin-acts.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { PlanQueries } from "../../../db/queries/payments/plans.ts";
import { CustomerQueries } from "../../../db/queries/people/customers.ts";
import { RenewalQueries } from "../../../db/queries/payments/renewals.ts";
import { ReadCache } from "../../../db/read-cache.ts";
import { boughtSubscriptionIdOf } from "../../../domain/derived-ids.ts";
import { type SubscriptionId, subscriptionId, telegramId } from "../../../domain/ids.ts";
import type { PaymentId, PaymentOrder } from "../../../domain/payments/payment.ts";
import type { AdminAct } from "../../../domain/people/admin-act.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { noDevices, useShop } from "../../drivers/shop.ts";
import { firstSubscriptionOf, subscriptionsOf } from "../../drivers/subscriptions.ts";

const db = useDatabase();
const shop = useShop(db);
let acts: AdminActs;
let customers: CustomerQueries;
let plans: PlanQueries;
beforeAll(() => {
  acts = new AdminActs(db.writer.em);
  customers = new CustomerQueries(db.reader.em, new ReadCache(undefined));
  plans = new PlanQueries(db.reader.em);
});

const now = () => instant(new Date());

async function pay(order: PaymentOrder) {
  const reference = randomUUID();
  await shop.decide(order, { kind: "paid", reference, paid: order.price, at: now() });
  return reference;
}

/** A customer whose first subscription has a month, and a second one a month of the family's plan. */
async function withTwo() {
  const person = await shop.person();
  const month = await shop.order({ person });
  const first = { order: month, reference: await pay(month) };
  const family = await shop.order({ person, plan: "family", subscription: "new" });
  const second = { order: family, reference: await pay(family) };
  return { person, first, second };
}

const act = (what: AdminAct) =>
  acts.actOnce({ requestId: randomUUID(), by: telegramId(1001), act: what }, now(), {
    addFirstDevice: async () => undefined,
    policy: { autoApprove: false, reapplyAfterMs: 0 },
  });

const stateOf = async (of: SubscriptionId) => (await plans.findCurrent(of, now()))?.state;

const findDisagreements = () => new AuditQueries(db.reader.em).findDisagreements();

test("two new purchases at once are two subscriptions, and a repeat of one is one", async () => {
  const person = await shop.person();
  const buy = (id: PaymentId) => shop.order({ person, subscription: "new", id });
  const ids = [randomUUID(), randomUUID()] as PaymentId[];
  const opened = await Promise.all([...ids, ...ids].map(buy));
  const bought = opened.map(({ subscriptionId: of }) => of);
  expect(new Set(bought)).toEqual(new Set(ids.map(boughtSubscriptionIdOf)));
  expect(await subscriptionsOf(db.reader.em, person)).toEqual([
    await firstSubscriptionOf(db.reader.em, person),
  ]);
  const distinct = [...new Map(opened.map((order) => [order.id, order])).values()];
  await Promise.all(distinct.map(pay));
  const listed = await customers.listSubscriptions(person);
  expect(listed.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(new Set(listed.slice(1).map(({ id }) => id))).toEqual(new Set(bought));
  expect(await findDisagreements()).toEqual([]);
});

test("what was ordered and never paid is listed nowhere, and has no calendar", async () => {
  const person = await shop.person();
  const order = await shop.order({ person, subscription: "new" });
  const running = await listSubscriptions(shop.db, now());
  expect(running.map(({ id }) => id)).not.toContain(order.subscriptionId);
  expect(await customers.listSubscriptions(person)).toHaveLength(1);
});

test("each subscription has its plan, its time and its devices, and an order extends its own", async () => {
  const { person, second } = await withTwo();
  const [one, two] = await customers.listSubscriptions(person);
  expect(one).toMatchObject({ number: 1, plan: "month" });
  expect(two).toMatchObject({ id: second.order.subscriptionId, number: 2, plan: "family" });
  const before = await shop.daysLeft({ ...second.order, subscriptionId: one!.id });
  const again = await shop.order({ person, plan: "family", subscription: two!.id });
  await pay(again);
  expect(again.subscriptionId).toBe(two!.id);
  expect(await shop.daysLeft(again)).toBeCloseTo(60, 1);
  expect(await shop.daysLeft({ ...again, subscriptionId: one!.id })).toBeCloseTo(before, 1);
});

test("the same plan can wait for money for one and for the other, but not twice for one", async () => {
  const { person, first, second } = await withTwo();
  const buy = (of: PaymentOrder) => shop.order({ person, subscription: of.subscriptionId });
  const orders = [await buy(first.order), await buy(second.order)];
  expect(new Set(orders.map(({ subscriptionId: of }) => of)).size).toBe(2);
  await expect(buy(first.order)).rejects.toThrow("alreadyOpen");
});

test("nobody buys for a subscription that is not theirs", async () => {
  const { first } = await withTwo();
  const stranger = await shop.person();
  const buy = shop.order({ person: stranger, subscription: first.order.subscriptionId });
  await expect(buy).rejects.toThrow("notCustomer");
  const nothing = subscriptionId(randomUUID());
  await expect(shop.order({ person: stranger, subscription: nothing })).rejects.toThrow(
    "notCustomer",
  );
});

test("a refund takes the time of its own subscription", async () => {
  const { first, second } = await withTwo();
  const refunds = new Refunds(db.writer.em);
  const requestId = randomUUID();
  const { order, reference } = second;
  const opened = await refunds.openOnce(
    { requestId, paymentId: order.id, reference, reason: "r", by: telegramId(1001) },
    { gateways: async () => "partial", limits: {}, now: now() },
  );
  expect(opened.kind).toBe("opened");
  await refunds.complete((await refunds.find(requestId))!, now(), noDevices);
  expect(await stateOf(order.subscriptionId)).toBe("expired");
  expect(await shop.daysLeft(first.order)).toBeCloseTo(30, 1);
  expect(await findDisagreements()).toEqual([]);
});

test("a block closes all of a customer's subscriptions, and its end opens all again", async () => {
  const { person, first, second } = await withTwo();
  const both = [first, second].map(({ order }) => order.subscriptionId);
  const blocked = await act({ kind: "block", customer: person });
  expect(blocked).toMatchObject({ kind: "done", ref: { id: both[0] }, others: [{ id: both[1] }] });
  expect(await Promise.all(both.map(stateOf))).toEqual(["blocked", "blocked"]);
  await act({ kind: "unblock", customer: person });
  expect(await Promise.all(both.map(stateOf))).toEqual(["active", "active"]);
});

test("an admin ends one subscription, and gives days to the other", async () => {
  const { person, first, second } = await withTwo();
  const [one, two] = [first, second].map(({ order }) => order.subscriptionId);
  await act({ kind: "extend", customer: person, subscription: two!, days: 5 });
  expect(await shop.daysLeft(second.order)).toBeCloseTo(35, 1);
  expect(await shop.daysLeft(first.order)).toBeCloseTo(30, 1);
  await act({ kind: "revoke", customer: person, subscription: one! });
  expect([await stateOf(one!), await stateOf(two!)]).toEqual(["revoked", "active"]);
  const stranger = await shop.person();
  const theirs = { kind: "extend", customer: stranger, subscription: two!, days: 5 } as const;
  expect(await act(theirs)).toEqual({ kind: "refused", why: "noSubscription" });
  // Whoever has only what is left buys for that.
  expect((await shop.order({ person })).subscriptionId).toBe(two);
  // Days open again the one that was ended, with the time that was left, and no other.
  expect(await act({ kind: "revoke", customer: person, subscription: two! })).toMatchObject({
    kind: "done",
  });
  await act({ kind: "extend", customer: person, subscription: one!, days: 5 });
  expect([await stateOf(one!), await stateOf(two!)]).toEqual(["active", "revoked"]);
  expect(await shop.daysLeft(first.order)).toBeCloseTo(35, 1);
});

test("each subscription renews itself, or does not", async () => {
  const { person, second } = await withTwo();
  const of = second.order.subscriptionId;
  const agreed = await new Renewals(db.writer.em).change(
    {
      requestId: randomUUID(),
      telegramId: person,
      subscription: of,
      change: {
        kind: "agree",
        by: "balance",
        plan: "family" as PlanCode,
        planVersion: 1,
        currency: "RUB",
      },
    },
    now(),
  );
  expect(agreed).toMatchObject({ id: of });
  const renewals = new RenewalQueries(db.reader.em);
  expect(await renewals.find(of)).toMatchObject({ isOn: true, plan: "family" });
  expect(await renewals.find(await firstSubscriptionOf(db.reader.em, person))).toBeUndefined();
});

test("time that is given to two new subscriptions at once gives them two numbers", async () => {
  const person = await shop.person();
  const orders = [];
  for (const _ of [1, 2, 3]) orders.push(await shop.order({ person, subscription: "new" }));
  await Promise.all(orders.map(pay));
  const numbers = (await customers.listSubscriptions(person)).map(({ number }) => number);
  expect(numbers).toEqual([1, 2, 3, 4]);
});
