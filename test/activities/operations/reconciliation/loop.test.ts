import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { gatewayChannel } from "../../../../activities/operations/reconciliation/loop.ts";
import { ensureAccountStarts } from "../../../../db/operations/settings.ts";
import { gatewayName } from "../../../../domain/payments/payment.ts";
import { addMs, dayMs, hourMs, instant, minuteMs } from "../../../../domain/time.ts";
import { MemoryPaymentGateway } from "../../../../gateways/payments/memory.ts";
import type { Statement } from "../../../../gateways/payments/port.ts";
import { Refused, SlowDown } from "../../../../gateways/refused.ts";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerFixture } from "../../../drivers/reconciler-fixture.ts";

const books = useDatabase();
let fixture: ReconcilerFixture;
let count = 0;

beforeEach(() => {
  fixture = new ReconcilerFixture(books);
});

class CountingGateway extends MemoryPaymentGateway {
  reads: number[] = [];
  failure: Error | undefined;
  hangs = false;

  constructor(facts: ConstructorParameters<typeof MemoryPaymentGateway>[0] = {}) {
    super({ name: gatewayName(`loop${(count += 1)}`), ...facts });
  }

  override async statement(cursor: string): Promise<Statement> {
    this.reads.push(Date.now());
    if (this.hangs) await delay(60_000, undefined, { ref: false });
    if (this.failure !== undefined) throw this.failure;
    return super.statement(cursor);
  }
}

const now = () => instant(new Date());
const notify = (channel: string) => sql`select pg_notify(${channel}, '')`.execute(fixture.db);

test("the loop ends within a second of the signal, also while the gateway does not answer", async () => {
  const gateway = new CountingGateway();
  gateway.hangs = true;
  const ending = new AbortController();
  const running = fixture.run(gateway, ending.signal);
  while (gateway.reads.length === 0) await delay(5);
  const began = Date.now();
  ending.abort(new Error("shut down"));
  await expect(running).rejects.toThrow("shut down");
  expect(Date.now() - began).toBeLessThan(1_000);
});

test("of two loops of one gateway one works; the other takes over when it ends", async () => {
  const gateway = new CountingGateway();
  fixture.polling = { ...fixture.polling, everyMs: 50 };
  const first = new AbortController();
  const second = new AbortController();
  const one = fixture.run(gateway, first.signal).catch(() => undefined);
  while (gateway.reads.length === 0) await delay(5);
  const other = new CountingGateway({ name: gateway.capabilities.name });
  const two = fixture.run(other, second.signal).catch(() => undefined);
  await delay(500);
  expect(other.reads).toEqual([]);
  first.abort(new Error("over"));
  await one;
  while (other.reads.length === 0) await delay(5);
  second.abort(new Error("over"));
  await two;
});

test("passes begin at multiples of their interval, and a requested one begins at once", async () => {
  const gateway = new CountingGateway();
  fixture.polling = { ...fixture.polling, everyMs: hourMs };
  await fixture.runUntil(gateway, async () => {
    if (gateway.reads.length === 1) await notify(gatewayChannel(gateway.capabilities.name));
    return gateway.reads.length > 1;
  });
  expect(gateway.reads).toHaveLength(2);
  const timed = new CountingGateway();
  fixture.polling = { ...fixture.polling, everyMs: 1_500 };
  await fixture.runUntil(timed, () => timed.reads.length > 3);
  for (const at of timed.reads.slice(1)) expect(at % 1_500).toBeLessThan(500);
});

test("a gateway that does not push events is polled while an invoice is open", async () => {
  const gateway = new CountingGateway({ notifies: false, pollIntervalMs: 50 });
  fixture.polling = { ...fixture.polling, everyMs: hourMs };
  const ending = new AbortController();
  const running = fixture.run(gateway, ending.signal).catch(() => undefined);
  while (gateway.reads.length === 0) await delay(5);
  await delay(200);
  expect(gateway.reads).toHaveLength(1);
  const order = await fixture.order(gateway);
  // As issuing an invoice does.
  await fixture.db
    .updateTable("payments")
    .set({ invoiceReference: "shown" })
    .where("id", "=", order.id)
    .execute();
  gateway.settle(order);
  const shown = Date.now();
  while (fixture.workflows.events.length === 0) await delay(5);
  expect(Date.now() - shown).toBeLessThan(1_000);
  expect(fixture.workflows.events).toMatchObject([{ id: order.id, source: "gateway" }]);
  expect(await fixture.notices("foundAndFixed")).toEqual([]);
  await fixture.db
    .updateTable("payments")
    .set({ state: "settled" })
    .where("id", "=", order.id)
    .execute();
  await delay(150);
  const { length } = gateway.reads;
  await delay(200);
  expect(gateway.reads).toHaveLength(length);
  ending.abort(new Error("over"));
  await running;
  const gaps = gateway.reads.slice(1).map((read, at) => read - (gateway.reads[at] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(45);
});

test("a gateway that refuses us needs a person after three passes, and shows when it is over", async () => {
  const gateway = new CountingGateway();
  gateway.failure = new Refused("unknown key");
  fixture.polling = { ...fixture.polling, everyMs: 20 };
  const turn = await fixture.runUntil(gateway, () => false);
  expect(turn).toEqual({ troubles: ["refused"], reason: "unknown key" });
  expect(gateway.reads).toHaveLength(3);
  gateway.reads = [];
  // A worker that takes over keeps showing the same until its own pass proves otherwise.
  await fixture.runUntil(gateway, () => gateway.reads.length > 2, { shown: ["refused"] });
  gateway.failure = undefined;
  expect(await fixture.runUntil(gateway, () => false, { shown: ["refused"] })).toMatchObject({
    troubles: [],
  });
});

test("a gateway's request to wait is respected", async () => {
  const gateway = new CountingGateway();
  fixture.polling = { ...fixture.polling, everyMs: hourMs };
  gateway.failure = new SlowDown("429", 200);
  await fixture.runUntil(gateway, () => {
    if (gateway.reads.length === 2) gateway.failure = undefined;
    return gateway.reads.length > 2;
  });
  const [first = 0, second = 0] = gateway.reads;
  expect(second - first).toBeGreaterThanOrEqual(190);
});

test("orders and refunds whose workflow may be gone are resumed, young ones are left alone", async () => {
  const gateway = new CountingGateway();
  const old = addMs(now(), -3 * minuteMs);
  const lapsed = await fixture.order(gateway, { openedAt: addMs(now(), -dayMs), lapsesAt: old });
  const open = await fixture.order(gateway, { openedAt: old });
  const young = await fixture.order(gateway);
  const over = await fixture.order(gateway, { openedAt: old, state: "settled" });
  const ofBalance = new MemoryPaymentGateway({ name: gatewayName("balance") });
  const fromBalance = await fixture.order(ofBalance, { openedAt: old });
  const request = randomUUID();
  const of = {
    paymentId: over.id,
    gateway: gateway.capabilities.name,
    reference: "c",
    currency: "RUB",
  } as const;
  const sums = { minor: 1, upToMinor: 1, priceMinor: 1, creditMinor: 0 };
  await fixture.db
    .insertInto("refunds")
    .values({
      requestId: request,
      ...of,
      ...sums,
      reason: "r",
      state: "approved",
      askedAt: new Date(old),
    })
    .execute();
  await fixture.db
    .insertInto("unmatched")
    .values({ ...of, minor: 1, evidence: "", at: new Date(), state: "refunding", requestId: "u1" })
    .execute();
  // Nobody else would resume those of the balance and of a gateway that is no longer configured.
  const elsewhere = ["balance", "switched-off"].map((name) => ({
    ...of,
    gateway: name,
    requestId: randomUUID(),
  }));
  for (const one of elsewhere) {
    await fixture.db
      .insertInto("refunds")
      .values({ ...one, ...sums, reason: "r", state: "approved", askedAt: new Date(old) })
      .execute();
  }
  await fixture.passOnce(gateway);
  const { resumed } = fixture.workflows;
  const requests = elsewhere.map(({ requestId }) => requestId);
  const swept = [lapsed.id, open.id, fromBalance.id, request, "u1", ...requests];
  for (const id of swept) expect(resumed).toContain(id);
  for (const { id } of [young, over]) expect(resumed).not.toContain(id);
  // Between the sweeps only orders that should have been closed are resumed.
  await fixture.runUntil(gateway, () => resumed.filter((id) => id === lapsed.id).length > 3);
  expect(resumed.filter((id) => id === open.id).length).toBeLessThanOrEqual(2);
});

test("the first use of an account is stored once, and an account that is added later has its own", async () => {
  const first = instant("2026-11-01T00:00:00Z");
  const later = instant("2027-06-01T00:00:00Z");
  expect(await ensureAccountStarts(fixture.db, ["a"], first)).toEqual(new Map([["a", first]]));
  const both = await ensureAccountStarts(fixture.db, ["a", "b"], later);
  expect(both).toEqual(
    new Map([
      ["a", first],
      ["b", later],
    ]),
  );
  expect(await ensureAccountStarts(fixture.db, [], later)).toEqual(new Map());
});
