import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { eventKey } from "../../domain/payments/event-key.ts";
import { balanceGateway } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { auditBroken, ledgerEntry } from "../drivers/broken-books.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");
const shop = useShop(db);

const reportOf = (reference: string): string =>
  JSON.stringify({ kind: "paid", reference, paid: { minor: 100, currency: "RUB" } });

test("a declined charge does not excuse another one of its payment", async () => {
  const made = await shop.order({ plan: "month" });
  const declined = { kind: "inconsistent", reason: "booked elsewhere" };
  const event = `insert into gateway_events (id, digest, payment_id, gateway, source, report, headers, body)
    values (?, ?, ?, 'memory', 'gateway', ?, '{}', '')`;
  const found = await auditBroken(db.owner.em, async ({ run }) => {
    for (const reference of ["declined", "lost"])
      await run(event, [randomUUID(), reference, made.id, reportOf(reference)]);
    const report = {
      kind: "paid",
      reference: "declined",
      paid: money(100, "RUB"),
      at: now,
    } as const;
    const key = eventKey(made, report);
    await run("insert into decisions (key, payment_id, effects) values (?, ?, ?)", [
      key,
      made.id,
      JSON.stringify([declined]),
    ]);
  });
  expect(found.map(({ kind, about }) => [kind, about])).toEqual([["notBooked", "memory/lost"]]);
});

test("a chargeback explains a debt of its amount, and no more", async () => {
  const person = await shop.person();
  const made = await shop.order({ person, plan: "month" });
  const twice = ["first", "second"].map((name) => `${name}_${made.id}`);
  for (const reference of twice)
    await shop.decide(made, { kind: "paid", reference, paid: made.price, at: now });
  const spent = await shop.order({ person, plan: "month", gateway: balanceGateway });
  await shop.decide(spent, { kind: "paid", reference: spent.id, paid: spent.price, at: now });
  const [, reference = ""] = twice;
  await shop.decide(made, { kind: "chargedBack", reference, returned: made.price });
  expect(await shop.balance(made)).toBe(-made.price.minor);
  expect(await auditBroken(db.owner.em, async () => undefined)).toEqual([]);
  const found = await auditBroken(db.owner.em, async ({ run }) => {
    await run(ledgerEntry, ["lent", `customer:${made.customerId}`, 1]);
    await run(ledgerEntry, ["lent", "fees", -1]);
  });
  expect(found.map(({ kind }) => kind)).toEqual(["debtWithoutChargeback"]);
});
