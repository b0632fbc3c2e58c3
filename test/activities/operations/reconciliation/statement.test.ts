import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { money } from "../../../../domain/money.ts";
import { eventKey } from "../../../../domain/payments/event-key.ts";
import { instant } from "../../../../domain/time.ts";
import type { StatementLine, UnreadableRow } from "../../../../gateways/payments/port.ts";
import { Refused } from "../../../../gateways/refused.ts";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerFixture } from "../../../drivers/reconciler-fixture.ts";
import {
  aboutPayment,
  newName,
  paid,
  referenceOf,
  StatementGateway,
} from "../../../drivers/statements.ts";

const books = useDatabase();
let fixture: ReconcilerFixture;

beforeEach(() => {
  fixture = new ReconcilerFixture(books);
});

test("a lost webhook is reported once, recorded as a finding, and the admins are notified", async () => {
  const admin = await fixture.admin();
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway);
  gateway.rows.push(paid({ about: aboutPayment(order.id) }), paid());
  await fixture.passOnce(gateway);
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events).toMatchObject([
    { id: order.id, source: "reconciliation" },
    { source: "reconciliation" },
  ]);
  const found = await fixture.db
    .selectFrom("findings")
    .selectAll()
    .where("gateway", "=", gateway.capabilities.name)
    .execute();
  expect(found).toHaveLength(2);
  const notices = await fixture.notices("foundAndFixed");
  expect(notices.filter(({ gateway: name }) => name === gateway.capabilities.name)).toMatchObject([
    { count: 2, to: admin },
  ]);
});

test("booked payments are not reported again, their returns are, also of unmatched payments", async () => {
  const gateway = new StatementGateway();
  const known = paid();
  const unmatched = paid();
  gateway.rows.push(known, unmatched);
  await fixture.passOnce(gateway);
  const reference = referenceOf(unmatched) ?? "";
  const back = { kind: "refunded", reference, returned: money(100, "RUB") } as const;
  gateway.rows.push(known, { about: { kind: "nobody" }, report: back, evidence: "back" });
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events.map(({ report }) => report.kind)).toEqual([
    "paid",
    "paid",
    "refunded",
  ]);
  await fixture.db
    .updateTable("unmatched")
    .set({ returnedMinor: 100 })
    .where("reference", "=", reference)
    .execute();
  gateway.rows.push({ about: { kind: "nobody" }, report: back, evidence: "back" });
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events).toHaveLength(3);
});

test("an event that is pushed while a pass reads is not a finding", async () => {
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway);
  const line = paid({ about: aboutPayment(order.id), at: instant(new Date()) });
  gateway.rows.push(line);
  fixture.polling = { ...fixture.polling, inFlightMs: 300 };
  const event = { gateway: gateway.capabilities.name, ...line, source: "gateway" } as const;
  setTimeout(() => void fixture.workflows.reportEvents(order.id, [event]), 100);
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events).toMatchObject([{ source: "gateway" }]);
});

test.each([
  [
    "a row that cannot be parsed",
    (): UnreadableRow => ({ evidence: '{"amount":"½"}', reason: "amount: not a number" }),
  ],
  [
    "a row with a character that PostgreSQL cannot store",
    (): UnreadableRow => ({ evidence: "a\u0000b", reason: "odd: \u0000" }),
  ],
  ["an order's id that is not one", () => paid({ about: aboutPayment("not-a-uuid") })],
  [
    "a memo with a character that PostgreSQL cannot store",
    () => paid({ about: { kind: "memo", memo: "a\u0000b" } }),
  ],
])("one broken line is one broken line: %s", async (_, broken) => {
  const admin = await fixture.admin();
  const gateway = new StatementGateway();
  const before = paid();
  const after = paid();
  gateway.rows.push(before, broken(), after);
  await fixture.passOnce(gateway);
  await fixture.passOnce(gateway);
  expect(fixture.workflows.references).toEqual([before, after].map(referenceOf));
  expect(await fixture.cursor(gateway.capabilities.account)).toMatchObject({ cursor: "3" });
  const listQuarantined = (await fixture.quarantined()).filter(
    (row) => row.gateway === gateway.capabilities.name,
  );
  expect(listQuarantined).toMatchObject([{ kind: "line", tries: 1, resolvedAt: null }]);
  expect(listQuarantined[0]?.reason).not.toBe("");
  expect(listQuarantined[0]?.nextTryAt?.getTime()).toBeGreaterThan(Date.now());
  const notices = (await fixture.notices("quarantined")).filter(
    (it) => it["gateway"] === gateway.capabilities.name && it["to"] === admin,
  );
  expect(notices).toHaveLength(1);
});

test("an event that Temporal will never accept is quarantined alone, also within one payment, and retried until it is accepted", async () => {
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway);
  const lines = Array.from({ length: 5 }, () => paid({ about: aboutPayment(order.id) }));
  gateway.rows.push(...lines);
  const poison = lines[2] as StatementLine;
  fixture.workflows.fault = (_, events) =>
    events.some(({ evidence }) => evidence === poison.evidence)
      ? new Refused("too large")
      : undefined;
  await fixture.passOnce(gateway);
  expect(fixture.workflows.references).toEqual(
    lines.filter((line) => line !== poison).map(referenceOf),
  );
  const isOurs = ({ gateway: name }: { gateway: string }) => name === gateway.capabilities.name;
  const due = async () => {
    await fixture.retry(gateway);
    return (await fixture.quarantined()).filter(isOurs);
  };
  expect(await due()).toMatchObject([{ reason: "too large", tries: 2, resolvedAt: null }]);
  fixture.workflows.fault = () => undefined;
  expect(await due()).toMatchObject([{ tries: 3, resolvedAt: null }]);
  const [resolved] = await due();
  expect(resolved?.resolvedAt).not.toBeNull();
  expect(fixture.workflows.references).toContain(referenceOf(poison));
});

test("while Temporal accepts nothing the cursor stays, nothing is quarantined, and everything is reported later", async () => {
  const gateway = new StatementGateway();
  gateway.rows.push(paid(), paid());
  fixture.workflows.fault = () => new Error("14 UNAVAILABLE");
  await fixture.runUntil(gateway, () => fixture.workflows.calls > 0 && fixture.warnings.length > 0);
  expect(await fixture.cursor(gateway.capabilities.account)).toBeUndefined();
  expect(
    (await fixture.quarantined()).filter((it) => it.gateway === gateway.capabilities.name),
  ).toEqual([]);
  fixture.workflows.fault = () => undefined;
  await fixture.passOnce(gateway);
  expect(new Set(fixture.workflows.references)).toEqual(
    new Set(gateway.rows.map((row) => referenceOf(row as StatementLine))),
  );
});

test("events lost with a terminated workflow are sent again: the cursor stays until they are booked", async () => {
  const gateway = new StatementGateway({ notifies: false });
  gateway.pageRows = 2;
  gateway.rows.push(...Array.from({ length: 6 }, () => paid()));
  const all = gateway.rows.map((row) => referenceOf(row as StatementLine));
  fixture = new ReconcilerFixture(books, false);
  await fixture.passOnce(gateway);
  expect([new Set(fixture.workflows.references), fixture.workflows.references.length]).toEqual([
    new Set(all),
    6,
  ]);
  expect(await fixture.cursor(gateway.capabilities.account)).toBeUndefined();
  // All of it is lost, and so is the loop's memory.
  fixture = new ReconcilerFixture(books, false);
  await fixture.passOnce(gateway);
  expect([new Set(fixture.workflows.references), fixture.workflows.references.length]).toEqual([
    new Set(all),
    6,
  ]);
  await fixture.workflows.catchUp();
  await fixture.passOnce(gateway);
  expect(fixture.workflows.references).toHaveLength(6);
  expect(await fixture.cursor(gateway.capabilities.account)).toMatchObject({ cursor: "6" });
});

test("events that Temporal has are not sent again in each pass, but are when they take too long", async () => {
  const gateway = new StatementGateway({ notifies: false });
  gateway.rows.push(paid());
  fixture = new ReconcilerFixture(books, false);
  fixture.polling = { ...fixture.polling, everyMs: 50, againMs: 400 };
  let readings = 0;
  const statement = gateway.statement.bind(gateway);
  gateway.statement = (cursor) => {
    readings += 1;
    return statement(cursor);
  };
  await fixture.runUntil(gateway, () => fixture.workflows.events.length === 2);
  expect(readings).toBeGreaterThan(4);
  expect(new Set(fixture.workflows.references).size).toBe(1);
});

test("a line that no workflow decides holds the cursor for its time, and is then quarantined", async () => {
  const gateway = new StatementGateway({ notifies: false });
  gateway.rows.push(paid());
  fixture = new ReconcilerFixture(books, false);
  fixture.polling = { ...fixture.polling, everyMs: 50, holdMs: 300 };
  const isQuarantined = async () =>
    (await fixture.quarantined()).some((it) => it.gateway === gateway.capabilities.name);
  await fixture.runUntil(gateway, isQuarantined);
  await fixture.passOnce(gateway);
  expect(await fixture.cursor(gateway.capabilities.account)).toMatchObject({ cursor: "1" });
});

test("one undecided line is quarantined alone, however many new ones come with it", async () => {
  const gateway = new StatementGateway({ notifies: false });
  const stuck = paid();
  gateway.rows.push(stuck);
  fixture = new ReconcilerFixture(books);
  fixture.polling = { ...fixture.polling, everyMs: 50, holdMs: 400 };
  fixture.workflows.doesDecide = ({ evidence }) => evidence !== stuck.evidence;
  const statement = gateway.statement.bind(gateway);
  // Money comes with each reading, and its webhooks are lost.
  gateway.statement = (cursor) => {
    gateway.rows.push(paid());
    return statement(cursor);
  };
  const aside = async () =>
    (await fixture.quarantined()).filter((it) => it.gateway === gateway.capabilities.name);
  await fixture.runUntil(gateway, async () => (await aside()).length > 0);
  const rows = await aside();
  expect(
    rows.map(({ evidence }) => evidence.includes(JSON.stringify(stuck.evidence).slice(1, -1))),
  ).toEqual([true]);
});

test("a return that was decided to be inconsistent is not news in each reading", async () => {
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway, { state: "settled" });
  const report = {
    kind: "refunded",
    reference: randomUUID(),
    returned: money(99_000, "RUB"),
  } as const;
  gateway.rows.push({ about: aboutPayment(order.id), report, evidence: "too much" });
  const effects = [{ kind: "inconsistent", reason: "more than was paid" }] as const;
  await fixture.db
    .insertInto("decisions")
    .values({ key: eventKey(order, report), paymentId: order.id, effects: [...effects] })
    .execute();
  await fixture.passOnce(gateway);
  expect(fixture.workflows.references).toEqual([]);
  expect(await fixture.cursor(gateway.capabilities.account)).toMatchObject({ cursor: "1" });
});

test("a return that does not name an order is reported to the payment that has its charge", async () => {
  const gateway = new StatementGateway();
  const order = await fixture.order(gateway, { state: "settled" });
  const line = paid({ about: aboutPayment(order.id) });
  gateway.rows.push(line);
  await fixture.passOnce(gateway);
  const reference = referenceOf(line) ?? "";
  const report = { kind: "refunded", reference, returned: money(30_000, "RUB") } as const;
  gateway.rows.push({ about: { kind: "nobody" }, report, evidence: "without its invoice" });
  await fixture.passOnce(gateway);
  expect(fixture.workflows.events.at(-1)).toMatchObject({ id: order.id, report });
});

test("another account of the same gateway is read from its own start", async () => {
  const name = newName();
  const one = new StatementGateway({ name, account: `${name}/one` });
  const other = new StatementGateway({ name, account: `${name}/other` });
  one.rows.push(paid(), paid());
  other.rows.push(paid());
  await fixture.passOnce(one);
  await fixture.passOnce(other);
  expect(fixture.workflows.references).toEqual(
    [...one.rows, ...other.rows].map((row) => referenceOf(row as StatementLine)),
  );
});
