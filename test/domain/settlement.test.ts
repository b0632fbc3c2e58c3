import * as fc from "fast-check";
import { expect, test } from "vitest";
import { customerId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { entriesOf } from "../../domain/ledger.ts";
import { money } from "../../domain/money.ts";
import {
  asPaymentId,
  type Checkout,
  checkoutOf,
  type GatewayName,
  type GatewayReport,
  type PaymentId,
  type PaymentOrder,
  paymentStates,
} from "../../domain/payment.ts";
import type { PlanCode } from "../../domain/plan.ts";
import { type Charge, type Consequence, consequencesOf } from "../../domain/settlement.ts";
import { addMs, instant } from "../../domain/time.ts";

const made = instant("2026-11-21T10:00:00Z");
const order: PaymentOrder = {
  id: "01890000-0000-7000-8000-00000000000c" as PaymentId,
  customerId: customerId("01890000-0000-7000-8000-00000000000a"),
  telegramId: telegramId(5001),
  subscriptionId: subscriptionId("01890000-0000-7000-8000-00000000000b"),
  gateway: "tbank" as GatewayName,
  terms: { code: "month" as PlanCode, version: 1, days: 30, deviceLimit: 3 },
  price: money(19_900, "RUB"),
  memo: "MEMO",
  openedAt: made,
  lapsesAt: addMs(made, 3_600_000),
};

const references = ["c1", "c2", "c3"];
const amount = fc.oneof(
  fc.constant(order.price),
  fc.integer({ min: 1, max: 40_000 }).map((minor) => money(minor, "RUB")),
  fc.integer({ min: 1, max: 500 }).map((minor) => money(minor, "XTR")),
);
const at = fc.nat(10_000_000).map((ms) => addMs(made, ms));

/** One world: what each charge really paid, and how much of it really went back, in which steps. */
const world = fc.record({
  charges: fc.tuple(amount, amount, amount),
  parts: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 0, maxLength: 3 }),
});

/** Reports of that world: in any order, any number of times, any of them missing. */
const history = world.chain(({ charges, parts }) => {
  const paid = references.map((name, index) =>
    at.map((when): GatewayReport => {
      return { kind: "paid", reference: name, paid: charges[index]!, at: when };
    }),
  );
  const back = references.flatMap((name, index) => {
    const { minor, currency } = charges[index]!;
    return parts.map((percent) =>
      fc.constantFrom("refunded", "chargedBack").map((kind): GatewayReport => {
        const returned = money(Math.ceil((minor * percent) / 100), currency);
        return { kind: kind as "refunded", reference: name, returned };
      }),
    );
  });
  const declined = fc.boolean().map((final): GatewayReport => {
    return { kind: "declined", final, reason: "no money" };
  });
  return fc.array(fc.oneof(...paid, ...back, declined), { maxLength: 14 });
});

interface Books {
  readonly charges: Map<string, Charge>;
  readonly accounts: Map<string, number>;
  readonly consequences: Consequence[];
  granted: number;
  days: number;
}

/** Plays reports into books, as the settlement's transaction does. */
function play(reports: readonly GatewayReport[], mayGrant = true): Books {
  const books: Books = {
    charges: new Map(),
    accounts: new Map(),
    consequences: [],
    granted: 0,
    days: 0,
  };
  for (const report of reports) {
    const charges = [...books.charges.values()];
    const own = charges
      .filter(({ use, paid }) => use === "credit" && paid?.currency === "RUB")
      .reduce((sum, { paid, returnedMinor }) => sum + (paid?.minor ?? 0) - returnedMinor, 0);
    const balance = -(books.accounts.get(`customer:${order.customerId}|RUB`) ?? 0);
    const creditMinor = Math.max(0, Math.min(own, balance));
    for (const consequence of consequencesOf(order, { charges, creditMinor, mayGrant }, report)) {
      book(books, report, consequence);
    }
  }
  return books;
}

function book(books: Books, report: GatewayReport, consequence: Consequence): void {
  books.consequences.push(consequence);
  for (const { account, amount: moved } of entriesOf(order, consequence)) {
    const key = `${account}|${moved.currency}`;
    books.accounts.set(key, (books.accounts.get(key) ?? 0) + moved.minor);
  }
  if (!("reference" in report)) return;
  const { reference: name } = report;
  const known = books.charges.get(name);
  if (consequence.kind === "grant" || consequence.kind === "credit") {
    const { paid, kind: use } = consequence;
    books.charges.set(name, { reference: name, paid, returnedMinor: 0, use });
    if (use === "grant") [books.granted, books.days] = [books.granted + 1, order.terms.days];
  }
  if (consequence.kind === "takeBack" && known !== undefined) {
    const returnedMinor =
      (books.charges.get(name)?.returnedMinor ?? 0) + consequence.returned.minor;
    books.charges.set(name, { ...books.charges.get(name)!, returnedMinor });
    books.days -= consequence.days;
  } else if (consequence.kind === "remember") {
    const returnedMinor = consequence.returned.minor;
    books.charges.set(name, { reference: name, paid: undefined, returnedMinor, use: "none" });
  }
}

const sumOf = (books: Books, currency: string) =>
  [...books.accounts]
    .filter(([key]) => key.endsWith(`|${currency}`))
    .reduce((sum, [, minor]) => sum + minor, 0);

test("however reports repeat, reorder and miss, the books sum to zero and time is granted at most once", () =>
  fc.assert(
    fc.property(history, fc.boolean(), (reports, mayGrant) => {
      const books = play(reports, mayGrant);
      expect(sumOf(books, "RUB")).toBe(0);
      expect(sumOf(books, "XTR")).toBe(0);
      expect(books.granted).toBeLessThanOrEqual(1);
      expect(books.days).toBeGreaterThanOrEqual(-1e-9);
      expect(books.days).toBeLessThanOrEqual(order.terms.days);
    }),
  ));

test("at the gateway stands what was paid less what went back, for every charge that was told", () =>
  fc.assert(
    fc.property(history, (reports) => {
      const books = play(reports);
      for (const currency of ["RUB", "XTR"] as const) {
        const expected = references.reduce((sum, name) => {
          const told = reports.filter(
            (report) => "reference" in report && report.reference === name,
          );
          const paid = told.find((report) => report.kind === "paid");
          if (paid?.kind !== "paid" || paid.paid.currency !== currency) return sum;
          const back = told.flatMap((report) =>
            "returned" in report ? [report.returned.minor] : [],
          );
          return sum + paid.paid.minor - Math.max(0, ...back);
        }, 0);
        expect(books.accounts.get(`gateway:tbank|${currency}`) ?? 0).toBe(expected);
      }
    }),
  ));

test("the same report again changes nothing", () =>
  fc.assert(
    fc.property(history, fc.nat(), (reports, which) => {
      fc.pre(reports.length > 0);
      const again = [...reports, reports[which % reports.length]!];
      const [before, after] = [play(reports), play(again)];
      expect([...after.accounts]).toEqual([...before.accounts]);
      expect(after.days).toBe(before.days);
    }),
  ));

const atGateway = (books: Books) => books.accounts.get("gateway:tbank|RUB") ?? 0;

test("reports in another order leave the same money with the gateway and the same grants or none", () =>
  fc.assert(
    fc.property(history, (reports) => {
      const [one, other] = [play(reports), play(reports.toReversed())];
      expect(atGateway(other)).toBe(atGateway(one));
      expect(other.granted).toBe(one.granted);
    }),
  ));

test("after money has come, a decline says nothing", () => {
  const paid = { kind: "paid", reference: "c1", paid: order.price, at: made } as const;
  const { consequences } = play([paid, { kind: "declined", final: true, reason: "late" }]);
  expect(consequences.map(({ kind }) => kind)).toEqual(["grant", "duplicate"]);
});

const part = (name: string, minor: number) =>
  ({ kind: "paid", reference: name, paid: money(minor, "RUB"), at: made }) as const;

test("what is missing can be paid by the same invoice", () => {
  const { consequences, granted } = play([part("c1", 9_900), part("c2", 10_500)]);
  expect(consequences).toMatchObject([
    { kind: "credit", why: "underpaid", missing: { minor: 10_000 } },
    { kind: "grant", fromCredit: { minor: 9_400 }, surplus: { minor: 0 } },
  ]);
  expect(granted).toBe(1);
});

test("a return that comes before its payment takes the time back at once", () => {
  const back = { kind: "refunded", reference: "c1", returned: order.price } as const;
  const paid = { kind: "paid", reference: "c1", paid: order.price, at: made } as const;
  const books = play([back, paid]);
  expect(books.consequences.map(({ kind }) => kind)).toEqual(["remember", "grant", "takeBack"]);
  expect(books.days).toBe(0);
});

test("money of a blocked customer is kept as credit", () => {
  const paid = { kind: "paid", reference: "c1", paid: order.price, at: made } as const;
  expect(play([paid], false).consequences).toMatchObject([{ kind: "credit", why: "blocked" }]);
});

test("money after the invoice lapsed is honoured and says so", () => {
  const late = addMs(order.lapsesAt, 1);
  const paid = { kind: "paid", reference: "c1", paid: order.price, at: late } as const;
  expect(play([paid]).consequences).toMatchObject([{ kind: "grant", late: true }]);
});

test("more returned than paid is a puzzle, and moves nothing", () => {
  const paid = { kind: "paid", reference: "c1", paid: order.price, at: made } as const;
  const back = { kind: "refunded", reference: "c1", returned: money(20_000, "RUB") } as const;
  expect(play([paid, back]).consequences).toMatchObject([{ kind: "grant" }, { kind: "puzzle" }]);
});

test("only its own customer pays an open invoice, and only what it asks for", () => {
  const asked = fc.record({
    from: fc.constantFrom(telegramId(5001), telegramId(5002)),
    amount,
  });
  fc.assert(
    fc.property(asked, fc.constantFrom(...paymentStates), (checkout: Checkout, state) => {
      const right =
        checkout.amount.minor === order.price.minor && checkout.amount.currency === "RUB";
      const may = checkout.from === order.telegramId && state === "open" && right;
      expect(checkoutOf(order, state, checkout) === "go").toBe(may);
    }),
  );
});

test("only a uuid can be a payment's id", () => {
  expect(asPaymentId(order.id)).toBe(order.id);
  for (const text of ["", "x", `${order.id} `, order.id.toUpperCase()]) {
    expect(asPaymentId(text)).toBeUndefined();
  }
});

test("a final decline closes an order only where it names the invoice that is shown", () => {
  const known = { charges: [], creditMinor: 0, mayGrant: true };
  const names = fc.constantFrom(undefined, "older", "shown");
  fc.assert(
    fc.property(names, names, fc.boolean(), (shown, named, final) => {
      const about = named === undefined ? {} : { invoiceReference: named };
      const report = { kind: "declined", final, reason: "over", ...about } as const;
      const [consequence] = consequencesOf(order, { ...known, invoiceReference: shown }, report);
      const closes = final && shown !== undefined && named === shown;
      expect(consequence).toEqual({ kind: closes ? "end" : "listenOn", reason: "over" });
    }),
  );
});
