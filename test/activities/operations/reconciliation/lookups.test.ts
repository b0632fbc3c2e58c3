import { beforeEach, expect, test } from "vitest";
import { Lookups } from "../../../../db/operations/lookups.ts";
import {
  gatewayName,
  type PaymentId,
  type PaymentOrder,
} from "../../../../domain/payments/payment.ts";
import { addMs, dayMs, hourMs, instant, minuteMs } from "../../../../domain/time.ts";
import { MemoryPaymentGateway } from "../../../../gateways/payments/memory.ts";
import type { StatementLine } from "../../../../gateways/payments/port.ts";
import { Refused } from "../../../../gateways/refused.ts";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerFixture } from "../../../drivers/reconciler-fixture.ts";

const books = useDatabase();
let fixture: ReconcilerFixture;
let count = 0;

beforeEach(() => {
  fixture = new ReconcilerFixture(books);
  // Room for a whole pass, also on a busy machine.
  fixture.polling = { ...fixture.polling, everyMs: 3_000 };
});

/** A gateway without a statement that refuses or fails some invoices, or all. */
class Bank extends MemoryPaymentGateway {
  readonly looks: PaymentId[] = [];
  readonly faults = new Map<PaymentId, Error>();
  away: Error | undefined;

  constructor(lookupsPerPass = 500) {
    super({ name: gatewayName(`bank${(count += 1)}`), hasStatement: false, lookupsPerPass });
  }

  override async lookup(order: PaymentOrder): Promise<readonly StatementLine[]> {
    this.looks.push(order.id);
    const fault = this.away ?? this.faults.get(order.id);
    if (fault !== undefined) throw fault;
    return super.lookup(order);
  }
}

const now = () => instant(new Date());
const row = (id: PaymentId) =>
  fixture.db.selectFrom("payments").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const listQuarantined = async (bank: Bank) =>
  (await fixture.quarantined()).filter(({ gateway }) => gateway === bank.capabilities.name);

test.each([
  ["refused", () => new Refused("T-Bank GetState: 7")],
  ["failing", () => new Error("HTTP 502")],
])(
  "an invoice whose look-up is %s keeps none of the others from being looked at in the same pass",
  async (_, fault) => {
    const bank = new Bank();
    const orders: PaymentOrder[] = [];
    for (let at = 0; at < 12; at += 1) orders.push(await fixture.order(bank));
    // The first six, four of which are the whole first batch.
    for (const { id } of orders.slice(0, 6)) bank.faults.set(id, fault());
    bank.faults.delete((orders[1] as PaymentOrder).id);
    for (const order of orders) bank.settle(order);
    await fixture.passOnce(bank);
    const looked = orders.filter(({ id }) => !bank.faults.has(id)).map(({ id }) => id);
    expect(new Set(fixture.workflows.events.map(({ id }) => id))).toEqual(new Set(looked));
    expect(await listQuarantined(bank)).toHaveLength(5);
    expect((await listQuarantined(bank))[0]).toMatchObject({
      kind: "lookup",
      tries: 1,
      resolvedAt: null,
    });
  },
);

test("a failed lookup is retried later, reported once after the third try, and resolved when it succeeds", async () => {
  const admin = await fixture.admin();
  const bank = new Bank();
  const well = await fixture.order(bank);
  const ill = await fixture.order(bank);
  bank.faults.set(ill.id, new Refused("no"));
  const readNotices = async () =>
    (await fixture.notices("quarantined")).filter(
      (it) => it["gateway"] === bank.capabilities.name && it["to"] === admin,
    );
  for (let tries = 1; tries <= 4; tries += 1) {
    expect((await readNotices()).length).toBe(tries > 3 ? 1 : 0);
    await fixture.passOnce(bank);
    expect(await listQuarantined(bank)).toMatchObject([{ tries }]);
    expect((await row(ill.id)).nextLookupAt?.getTime()).toBeGreaterThan(Date.now());
    await fixture.db
      .updateTable("payments")
      .set({ nextLookupAt: new Date() })
      .where("id", "=", ill.id)
      .execute();
  }
  expect(await fixture.ports.quarantine.needsHelp(bank.capabilities.name)).toBe(true);
  bank.faults.clear();
  await fixture.passOnce(bank);
  expect((await listQuarantined(bank))[0]?.resolvedAt).not.toBeNull();
  expect(await fixture.ports.quarantine.needsHelp(bank.capabilities.name)).toBe(false);
  expect(await readNotices()).toHaveLength(1);
  expect(bank.looks).toContain(well.id);
});

test("a bank that does not answer ends the pass after one batch, and no invoice is quarantined", async () => {
  const bank = new Bank();
  for (let at = 0; at < 40; at += 1) await fixture.order(bank);
  bank.away = new Error("HTTP 502");
  await fixture.runUntil(bank, () => fixture.warnings.length > 0);
  expect(bank.looks).toHaveLength(4);
  expect(await listQuarantined(bank)).toEqual([]);
  // Failed ones do not delay the others.
  await fixture.runUntil(bank, () => bank.looks.length >= 8);
  expect(new Set(bank.looks.slice(0, 8)).size).toBe(8);
});

test.each([1, 8, 20])("an open invoice of %i hours is looked up in every pass", async (hours) => {
  const bank = new Bank();
  fixture.polling = { ...fixture.polling, everyMs: 500 };
  const openedAt = addMs(now(), -hours * hourMs);
  const order = await fixture.order(bank, { openedAt, lapsesAt: addMs(openedAt, dayMs) });
  await fixture.runUntil(bank, () => bank.looks.length >= 3);
  bank.settle(order);
  await fixture.runUntil(bank, () => fixture.workflows.events.length > 0);
  expect(fixture.workflows.events).toMatchObject([{ id: order.id, source: "reconciliation" }]);
});

test("an ended invoice is looked up ever more rarely, and its return is found", async () => {
  const bank = new Bank();
  const order = await fixture.order(bank, { state: "settled", openedAt: addMs(now(), -8 * dayMs) });
  const { report } = bank.settle(order);
  if (report.kind === "paid") bank.giveBack(report.reference, order.price);
  await fixture.passOnce(bank);
  await fixture.passOnce(bank);
  expect(bank.looks).toEqual([order.id]);
  expect(fixture.workflows.events.map((event) => event.report.kind)).toEqual(["paid", "refunded"]);
  const next = (await row(order.id)).nextLookupAt?.getTime() ?? 0;
  expect(next - Date.now()).toBeGreaterThan(dayMs - minuteMs);
  expect(next - Date.now()).toBeLessThan(dayMs + minuteMs);
});

test("within the bank's limits the longest waiting come first, and neither open nor old ones starve", async () => {
  const bank = new Bank(10);
  for (let at = 0; at < 30; at += 1) {
    const openedAt = addMs(now(), -dayMs);
    await fixture.order(bank, at % 2 === 0 ? {} : { state: "lapsed", openedAt });
  }
  const lookups = new Lookups(books.writer.em);
  const turns = [];
  for (let pass = 0; pass < 8; pass += 1) {
    const due = await lookups.listDue(bank.capabilities.name, now(), 10);
    expect(due).toHaveLength(10);
    turns.push(due.map(({ state }) => state));
    for (const { order } of due) await lookups.recordLookup(order.id, now(), now());
  }
  for (const states of turns) {
    expect(states.filter((state) => state === "open").length).toBe(8);
    expect(states.filter((state) => state === "lapsed").length).toBe(2);
  }
  const [unseen] = await fixture.db
    .selectFrom("payments")
    .select((is) => is.fn.countAll<number>().as("count"))
    .where("gateway", "=", bank.capabilities.name)
    .where("lookedUpAt", "is", null)
    .execute();
  // Eight passes of two look up all fifteen old ones.
  expect(unseen?.count).toBe(0);
});
