import type { Mutant } from "./mutant.ts";

const decisions = (name: string) => ({ file: "test/db/payments/decisions.test.ts", name });
const decision = (name: string) => ({ file: "test/domain/payments/decision.test.ts", name });

/** Bugs in decisions about money. */
export const moneyMutants: readonly Mutant[] = [
  {
    what: "the locks of customer, subscription and payment are dropped",
    file: "db/payments/payment-facts.ts",
    find: '    .forUpdate(["c", "s", "p"])\n',
    replace: "",
    test: decisions("two plans that are bought from one balance at the same time spend it once"),
  },
  {
    what: "an event is keyed by its place in a batch",
    file: "db/payments/decisions.ts",
    find: "events.map((event) => [eventKey(order, event.report), event])",
    replace: "events.map((event, place) => [`${id}/${place}`, event])",
    test: decisions(
      "an event counts once by its key, however often and in whatever batch it comes",
    ),
  },
  {
    what: "an event's key does not name its charge",
    file: "domain/payments/event-key.ts",
    find: "`${id}/${gateway}/${reference}/${what}`",
    replace: "`${id}/${gateway}/${reference.slice(0, 0)}/${what}`",
    test: decision(
      "an event's key names gateway, reference, kind and amount: other money has another key, the same has the same",
    ),
  },
  {
    what: "a charge of another payment counts again",
    file: "domain/payments/decision-batch.ts",
    find: "reference !== undefined && taken.has(reference)",
    replace: 'reference !== undefined && taken.has("")',
    test: decisions("one reference never belongs to two payments"),
  },
  {
    what: "balance that is spent is refunded",
    file: "domain/payments/refund-plan.ts",
    find: 'return refuse("spent");',
    replace: "void 0;",
    test: decisions("balance that is spent cannot be refunded"),
  },
  {
    what: "opening a refund keeps no lock of customer, subscription and payment",
    file: "db/payments/refund-opening.ts",
    find: "  const locked = await lockPayment(db, paymentId);\n",
    replace: `  const { sql } = await import("kysely");
  await sql\`savepoint unlocked\`.execute(db);
  const locked = await lockPayment(db, paymentId);
  await sql\`rollback to savepoint unlocked\`.execute(db);
`,
    test: {
      file: "test/db/payments/balance-races.test.ts",
      name: "balance is refunded or buys a plan, never both, when both are tried at the same moment",
    },
  },
  {
    what: "an admin's act locks the subscription before its customer",
    file: "db/people/admin-acts.ts",
    find: "  const customer = await lockCustomer(db, act.customer);\n",
    replace: `  await db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select("s.id")
    .where("c.telegramId", "=", act.customer as number)
    .forUpdate("s")
    .execute();
  const customer = await lockCustomer(db, act.customer);
`,
    test: {
      file: "test/db/lock-order.test.ts",
      name: "concurrent changes of one customer never deadlock",
    },
  },
  {
    what: "money that came twice stays spendable on its way back",
    file: "db/payments/duplicate-refunds.ts",
    find: "return { rows, writes, facts };",
    replace: "return { rows, writes, facts: [] };",
    test: decisions(
      "a payment that came twice is reserved at once: it cannot be spent while it is refunded",
    ),
  },
  {
    what: "what was set aside is not given back when the gateway refuses",
    file: "db/payments/refunds.ts",
    find: "      await release(db, locked, { requestId, currency: row.currency });\n",
    replace: "",
    test: decisions(
      "a refused refund notifies everybody who was told of it, and restores what it took",
    ),
  },
  {
    what: "a price that was credited goes back out of nothing",
    file: "domain/payments/return.ts",
    find: "const balance = forced ? left : Math.min(left, has);",
    replace: "const balance = forced ? left : 0;",
    test: decisions("a price that was credited instead of granted is refunded from the balance"),
  },
  {
    what: "every return may take the balance below zero",
    file: "domain/payments/return.ts",
    find: "const balance = forced ? left : Math.min(left, has);",
    replace: "const balance = left;",
    test: decisions(
      "a chargeback of spent balance is a debt, a return that we made ourselves is our loss",
    ),
  },
  {
    what: "a surplus is not credited",
    file: "domain/payments/decision.ts",
    find: "money(surplus.minor - fromCredit, surplus.currency)",
    replace: "money(-fromCredit, surplus.currency)",
    test: decision(
      "whatever is reported, in any order: money that was not returned is price, balance, or our loss",
    ),
  },
  {
    what: "a second payment gives time again",
    file: "domain/payments/decision.ts",
    find: 'if (isPaid(order, facts)) return creditFor("paidTwice");',
    replace: "",
    test: decision("whatever is reported, one payment gives time once, for exactly its price"),
  },
  {
    what: "a return that is reported again counts again",
    file: "domain/payments/return.ts",
    find: "if (total.minor <= (charge?.returnedMinor ?? 0))",
    replace: "if (total.minor < (charge?.returnedMinor ?? 0))",
    test: decision("a repeated decision is a duplicate, or changes nothing"),
  },
  {
    what: "a decline of an older invoice closes the order",
    file: "domain/payments/decision.ts",
    find: "const isOurs = shown !== undefined && invoiceReference === shown;",
    replace: "const isOurs = true;",
    test: decision("a final decline closes an order only if it names the invoice that is shown"),
  },
  {
    what: "part of a price that went back makes the payment refunded",
    file: "domain/payments/return.ts",
    find: "prices.every((one) => one.returnedMinor === one.paid?.minor)",
    replace: "prices.some((one) => one.returnedMinor === one.paid?.minor)",
    test: decisions(
      "a part that came first takes its share of the time with it, and the last coin does not refund all",
    ),
  },
  {
    what: "opening a refund takes no time",
    file: "db/payments/refund-opening.ts",
    find: "  const time = await moveLevel(db, locked, levels, rules.now);",
    replace: "  const time = await Promise.resolve<TimeBooked | undefined>(undefined);",
    test: decisions(
      "opening a refund takes the time, its failure restores it, and its success takes it for good",
    ),
  },
  {
    what: "a message is written under a key of its own each time",
    file: "db/payments/decision-notices.ts",
    find: "        key,\n        // A refund of ours",
    replace: "        key: crypto.randomUUID(),\n        // A refund of ours",
    test: {
      file: "test/db/payments/decision-messages.test.ts",
      name: "a repeated decision notifies people once, under keys derived from its event",
    },
  },
];
