import { addDays, addMs, type Instant, minuteMs, msBetween, secondMs } from "../../domain/time.ts";
import type { Currency } from "../../domain/money.ts";
import type { PaymentOrder } from "../../domain/payment.ts";
import { stateAt } from "../../domain/subscription.ts";
import type { ChargeThere, EdgeKind } from "./edges/edge.ts";
import type { BookedCharge, PaymentBooks } from "./payment-books.ts";

/** What decides over a case: the order, and what really happened at its gateway. */
export interface Facts {
  readonly order: PaymentOrder;
  readonly kind: EdgeKind;
  readonly there: readonly ChargeThere[];
  readonly now: Instant;
}

/** Charges of the gateway that the books do not have as they are. */
export function unheard(
  there: readonly ChargeThere[],
  { charges }: Pick<PaymentBooks, "charges">,
): readonly ChargeThere[] {
  return there.filter(({ reference, paid, returned }) => {
    const booked = charges.find((charge) => charge.reference === reference);
    return (
      booked?.paidMinor !== paid.minor ||
      booked.currency !== paid.currency ||
      booked.returnedMinor !== returned.minor
    );
  });
}

/**
 * All in which the books differ from what they must say of a payment once nothing moves any more. Which of
 * several charges bought the time depends on which was heard of first: that alone is taken from the books.
 */
export function complaints(facts: Facts, books: PaymentBooks): string[] {
  return [
    ...aboutCharges(facts, books),
    ...aboutLedger(facts, books),
    ...aboutTime(facts, books),
    ...aboutEnds(facts, books),
  ];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

const differs = (what: string, is: unknown, must: unknown): string[] =>
  JSON.stringify(is) === JSON.stringify(must)
    ? []
    : [`${what} is ${JSON.stringify(is)}, must be ${JSON.stringify(must)}`];

const grantOf = ({ charges }: PaymentBooks): BookedCharge | undefined =>
  charges.find(({ use }) => use === "grant");

function aboutCharges({ order, there }: Facts, books: PaymentBooks): string[] {
  const { minor: price, currency } = order.price;
  const missing = unheard(there, books).map(
    (charge) => `the gateway has ${JSON.stringify(charge)}, the books have it otherwise or not`,
  );
  const invented = books.charges.filter(
    ({ reference }) => !there.some((charge) => charge.reference === reference),
  );
  const paid = there.filter((charge) => charge.paid.currency === currency);
  const covers = sum(paid.map((charge) => charge.paid.minor)) >= price;
  return [
    ...missing,
    ...invented.map(({ reference }) => `the books have a charge ${reference}, the gateway not`),
    ...differs("that money bought time", grantOf(books) !== undefined, covers),
    ...differs("money of nobody", books.unmatched, 0),
  ];
}

/** Where each coin is, by account and currency. */
function aboutLedger({ order, kind, there }: Facts, books: PaymentBooks): string[] {
  const grant = grantOf(books);
  const wanted: Record<string, number> = {};
  const put = (account: string, currency: Currency, minor: number) => {
    const key = `${account} ${currency}`;
    wanted[key] = (wanted[key] ?? 0) + minor;
  };
  for (const { reference, paid, returned } of there) {
    put("gateway", paid.currency, paid.minor - returned.minor);
    const isGrant = reference === grant?.reference;
    if (isGrant) put("refunds", paid.currency, returned.minor);
    put("customer", paid.currency, (isGrant ? 0 : returned.minor) - paid.minor);
  }
  if (grant !== undefined) {
    put("revenue", order.price.currency, -order.price.minor);
    put("customer", order.price.currency, order.price.minor);
  }
  const kept = there.filter(
    (charge) => charge.reference !== grant?.reference && kind.refunds !== "none",
  );
  return [
    ...differs("the ledger", tidy(books.ledger), tidy(wanted)),
    ...kept.flatMap(({ reference, paid, returned }) =>
      differs(`what is back of ${reference}, which bought nothing,`, returned, paid),
    ),
  ];
}

/** By name, without what is zero. */
const tidy = (sums: Readonly<Record<string, number>>) =>
  Object.entries(sums)
    .filter(([, minor]) => minor !== 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));

/** Days go through a rounding to milliseconds. */
const slackMs = secondMs;
/** Without a trial the time begins when it is granted, and what was taken in vain is given back later. */
const beginSlackMs = 10 * minuteMs;

function aboutTime({ order, there, now }: Facts, books: PaymentBooks): string[] {
  const { days } = order.terms;
  const grant = grantOf(books);
  const returned =
    there.find(({ reference }) => reference === grant?.reference)?.returned.minor ?? 0;
  const taken = (days * returned) / order.price.minor;
  const given = books.grants.filter(({ kind }) => kind === "payment");
  const takings = books.grants.filter(({ kind }) => kind === "refund");
  const trial = books.grants.find(({ kind }) => kind === "trial");
  const begins = trial?.grantedUntil ?? given[0]?.grantedAt;
  const left = (grant === undefined ? 0 : days) - taken;
  return [
    ...differs(
      "the time that was given",
      given.map(({ cause, days: many }) => ({ cause, days: many })),
      grant === undefined ? [] : [{ cause: `payment/${order.id}`, days }],
    ),
    ...differs(
      `days taken (${takings.map((one) => `${one.cause}: ${one.days}`).join(", ")})`,
      round(-sum(takings.map((one) => one.days))),
      round(taken),
    ),
    ...aboutEnd(books.paidUntil, { begins, left, slack: trial ? slackMs : beginSlackMs, now }),
  ];
}

const round = (days: number): number => Math.round(days * 1_000) / 1_000;

interface Ending {
  readonly begins: Instant | undefined;
  readonly left: number;
  readonly slack: number;
  readonly now: Instant;
}

function aboutEnd(paidUntil: Instant | undefined, { begins, left, slack, now }: Ending): string[] {
  if (begins === undefined) return differs("paid_until", paidUntil, undefined);
  const wanted = addDays(begins, left);
  const isOver = msBetween(wanted, now) > -slack;
  const until = paidUntil ?? addMs(now, -slack);
  const fits = isOver ? msBetween(until, now) >= 0 : Math.abs(msBetween(wanted, until)) <= slack;
  return fits ? [] : [`paid_until is ${paidUntil}, must be ${wanted} (now ${now})`];
}

function aboutEnds({ order, there, now }: Facts, books: PaymentBooks): string[] {
  const { paidUntil, state, paymentState, refundsUnderWay } = books;
  const grant = grantOf(books);
  const charge = there.find(({ reference }) => reference === grant?.reference);
  const isBack = charge !== undefined && charge.returned.minor === charge.paid.minor;
  const settled = grant && (isBack ? "refunded" : "settled");
  const calendar = stateAt({ paidUntil, graceMs: 0, blocked: false, revoked: false }, now);
  return [
    ...differs("the subscription", state, calendar),
    ...(settled === undefined ? [] : differs("the payment", paymentState, settled)),
    ...(paymentState === "open" ? [`payment ${order.id} is still open`] : []),
    ...differs("refunds under way", refundsUnderWay, 0),
  ];
}
