import { sum } from "../../bench/payments/figures.ts";
import { addMs, dayMs, type Instant, minuteMs, msBetween } from "../../domain/time.ts";
import { aboutEnds, differs } from "./ends-model.ts";
import type { Excuses } from "./excuses.ts";
import type { GatewayCharge, GatewayDriverKind } from "./gateway-drivers/gateway-driver.ts";
import { type BookedLot, type BookedTime, type CustomerBooks, keptOf } from "./payment-books.ts";
import { type History, soldPlans, type Step } from "./payment-history.ts";
import { poisonKey } from "./poison.ts";
import { aboutRecurring } from "./recurring-model.ts";
import { aboutTopUp } from "./top-up-model.ts";

/**
 * What the outcome is judged by: what was played, and what happened at the gateway and in the chat.
 */
export interface Facts {
  readonly history: History;
  readonly kind: GatewayDriverKind;
  /** The charges of each order, by the gateway's own records. */
  readonly gatewayCharges: ReadonlyMap<string, readonly GatewayCharge[]>;
  /**
   * What the bot has written in the chat, except that an answer takes longer, which the bot sends
   * itself, and that Stars were refunded, which Telegram writes in its name.
   */
  readonly chat: readonly ChatMessage[];
  /** How many kills may have caused a message to be sent twice. */
  readonly kills: number;
  readonly excuses: Excuses;
  readonly now: Instant;
}

interface ChatMessage {
  readonly messageId: number;
  readonly words: string;
}

type BookedPayments = Pick<CustomerBooks, "payments">;
type Payment = CustomerBooks["payments"][number];

/** Charges of the gateway that are missing from the books or differ there. */
export function missingCharges(
  gatewayCharges: Facts["gatewayCharges"],
  { payments }: BookedPayments,
): readonly GatewayCharge[] {
  return [...gatewayCharges].flatMap(([id, charges]) => {
    const booked = payments.find((payment) => payment.id === id)?.charges ?? [];
    return charges.filter(({ reference, paid, returned }) => {
      const charge = booked.find((one) => one.reference === reference);
      return (
        charge?.paid?.minor !== paid.minor ||
        charge.paid.currency !== paid.currency ||
        charge.returnedMinor !== returned.minor
      );
    });
  });
}

/** Everything in which the books break a promise, once nothing moves any more; one text each. */
export function findComplaints(facts: Facts, books: CustomerBooks): string[] {
  return [
    ...aboutCharges(facts, books),
    ...aboutMoney(facts, books),
    ...aboutTime(facts, books),
    ...aboutEnds(books),
    ...aboutMessages(facts, books),
  ];
}

const has = (history: History, isMeant: (step: Step) => boolean): boolean =>
  history.steps.some(isMeant);

/** Whether an admin's act may have prevented a payment from giving time. */
const isEverShutOut = ({ history }: Facts): boolean =>
  has(history, (step) => step.kind === "admin" && /^(?:block|revoke)$/u.test(step.act));

/** Whether balance may have been spent or refunded before it completed the price of an order. */
const isBalanceUsed = ({ history }: Facts): boolean =>
  has(history, (step) => step.kind === "buy" || (step.kind === "refund" && step.of === "credit"));

function aboutCharges(facts: Facts, books: CustomerBooks): string[] {
  const { gatewayCharges, kind } = facts;
  const real = books.payments.filter(({ gateway }) => gateway !== "balance");
  const invented = real.flatMap(({ id, charges }) =>
    charges.filter(
      ({ reference }) => !gatewayCharges.get(id)?.some((charge) => charge.reference === reference),
    ),
  );
  return [
    ...missingCharges(gatewayCharges, books).map(
      (charge) => `the gateway has ${JSON.stringify(charge)}, the books have it otherwise or not`,
    ),
    ...invented.map(({ reference }) => `the books have a charge ${reference}, the gateway not`),
    ...real.flatMap((payment) => aboutGrant(facts, books, payment)),
    ...aboutRecurring(facts, books, { isShutOut: isEverShutOut(facts) }),
    ...(kind.refunds === "none" ? [] : aboutCredit(facts, books)),
  ];
}

/** What was paid for an order in the currency of its price. */
const paidFor = ({ gatewayCharges }: Facts, { id, currency }: Payment): readonly GatewayCharge[] =>
  (gatewayCharges.get(id) ?? []).filter(({ paid }) => paid.currency === currency);

/** What is paid after the device's time has ended becomes balance. */
const isOfDays = ({ kind }: Step): boolean => kind === "days";

/** An order has given what it is for exactly if its whole price was paid. */
function aboutGrant(facts: Facts, books: CustomerBooks, payment: Payment): string[] {
  const { id, priceMinor, charges, extra } = payment;
  const isCovered = sum(paidFor(facts, payment).map(({ paid }) => paid.minor)) >= priceMinor;
  const mayLack = isCovered && mayBeCredit(facts, books, payment);
  if (extra === "topUp") return aboutTopUp(payment, { isCovered, mayLack });
  const isGranted = charges.some(({ use }) => use === "grant");
  const isLate = isCovered && extra === "device" && has(facts.history, isOfDays);
  if (isGranted === isCovered || mayLack || isLate) return [];
  const what = extra ?? "time";
  return [
    `payment ${id} was ${isCovered ? "" : "not "}paid, and its ${what} ${isGranted ? "" : "not "}given`,
  ];
}

/**
 * Whether a paid price may have become balance instead of time: when the customer was shut out as
 * the last part came, or when it came in parts, some of which may have been spent or refunded
 * before the last. A single charge of the whole price needs no balance: it always gives time.
 */
function mayBeCredit(
  facts: Facts,
  { payments, refunds }: CustomerBooks,
  payment: Payment,
): boolean {
  const { excuses, gatewayCharges } = facts;
  const { id, priceMinor } = payment;
  // When a later charge of a subscription was made is not noted.
  const isAtAnyTime = payment.recurs === "renews" && isEverShutOut(facts);
  if (isAtAnyTime || excuses.mayBeShutOut(id)) return true;
  if (paidFor(facts, payment).some(({ paid }) => paid.minor >= priceMinor)) return false;
  const isSpent = payments.some(
    ({ gateway, charges }) => gateway === "balance" && charges.length > 0,
  );
  if ((isSpent || refunds.length > 0) && excuses.mayBeSpent(id)) return true;
  return [...gatewayCharges.values()].flat().some(({ returned }) => returned.minor > 0);
}

/**
 * A charge that bought nothing is refunded automatically, unless the refund was refused or the
 * customer is shut out.
 */
function aboutCredit(facts: Facts, { payments, refunds }: CustomerBooks): string[] {
  if (isEverShutOut(facts)) return [];
  const refused = refunds.filter(({ state }) => state === "refused");
  const isRefused = (charge: string) => refused.some(({ reference }) => reference === charge);
  return payments
    .filter(({ extra }) => extra === null)
    .flatMap(({ charges }) =>
      charges
        .filter(({ use, paid, returnedMinor }) => use === "credit" && returnedMinor !== paid?.minor)
        .filter(({ reference }) => !isRefused(reference))
        .map(({ reference }) => `${reference} bought nothing and was not refunded`),
    );
}

/** Paid − returned = the price that was kept + balance + what is reserved, in each currency. */
function aboutMoney(facts: Facts, books: CustomerBooks): string[] {
  const { balance, reserved, borneByUs, payments } = books;
  const sums: Record<string, { outside: number; inside: number }> = {};
  const put = (currency: string, outside: number, inside: number) => {
    const known = sums[currency] ?? { outside: 0, inside: 0 };
    sums[currency] = { outside: known.outside + outside, inside: known.inside + inside };
  };
  for (const { paid, returned } of [...facts.gatewayCharges.values()].flat()) {
    put(paid.currency, paid.minor - returned.minor, 0);
  }
  for (const [currency, minor] of Object.entries(borneByUs)) put(currency, minor, 0);
  for (const { charges, currency } of payments) put(currency, 0, sum(charges.map(keptOf)));
  for (const [currency, minor] of Object.entries(balance)) put(currency, 0, minor);
  const isSpending = isBalanceUsed(facts) || isEverShutOut(facts);
  return [
    ...Object.entries(sums)
      .filter(([, { outside, inside }]) => outside !== inside)
      .map(([currency, amounts]) => `money in ${currency}: ${JSON.stringify(amounts)}`),
    ...Object.entries(balance)
      .filter(([, minor]) => minor < 0)
      .map(([currency, minor]) => `the balance is ${minor} ${currency} without a chargeback`),
    ...differs("what is reserved", sum(Object.values(reserved)), 0),
    ...(isSpending ? [] : differs("what we bore", sum(Object.values(borneByUs)), 0)),
  ];
}

/** What a plan costs in tenths of the cheapest: its price of a day makes an end. */
const weightOf = (plan: string | null): number => soldPlans[plan as keyof typeof soldPlans] ?? 10;

/**
 * The time of all lots, in proportion to what was paid and not returned, in days of the plan that
 * was bought last.
 */
function leftMsOf(lots: readonly BookedLot[], payments: CustomerBooks["payments"]): number {
  const paymentOf = ({ cause }: BookedLot) => payments.find(({ id }) => cause === `payment/${id}`);
  const last = lots.findLast(({ kind }) => kind === "payment");
  const lastWeight = weightOf((last && paymentOf(last)?.plan) ?? "");
  return sum(
    lots.map((lot) => {
      const payment = paymentOf(lot);
      if (payment === undefined) return lot.ms;
      const kept = sum(payment.charges.map(keptOf)) / payment.priceMinor;
      return (lot.ms * kept * weightOf(payment.plan)) / lastWeight;
    }),
  );
}

function aboutTime(facts: Facts, books: CustomerBooks): string[] {
  const { payments, subscriptions } = books;
  const lots = subscriptions.flatMap((one) => one.lots);
  const extensions = facts.history.steps.filter(
    (one) => one.kind === "admin" && one.act === "extend",
  );
  const given = lots.filter(({ kind }) => kind === "admin").length;
  const bought = payments.filter(
    ({ charges, extra }) => extra === null && charges.some(({ use }) => use === "grant"),
  );
  const causes = bought.map(({ id }) => `payment/${id}`).toSorted();
  const paid = lots.filter(({ kind }) => kind === "payment").map(({ cause }) => cause);
  return [
    ...differs("the time that was bought", paid.toSorted(), causes),
    ...(given > extensions.length ? [`${given} extensions, ${extensions.length} requested`] : []),
    ...subscriptions.flatMap((one) =>
      aboutEnd({ ...one, left: leftMsOf(one.lots, payments), now: facts.now }),
    ),
  ];
}

interface Ending extends BookedTime {
  readonly left: number;
  readonly now: Instant;
}

/**
 * The time since the first lot may have been used up, at the highest rate; a workflow's clock may
 * be ahead of ours.
 */
function aboutEnd({ lots, left, paidUntil, lastBookedAt, now }: Ending): string[] {
  const [first] = lots;
  if (first === undefined) return differs("paid_until", paidUntil, undefined);
  // In any order: an admin's act has our time, a payment that of its workflow.
  const moments = [now, ...lots.map(({ at }) => at), ...(lastBookedAt ? [lastBookedAt] : [])];
  const latest = moments.reduce((last, at) => (msBetween(last, at) > 0 ? at : last));
  const passedMs = Math.max(0, msBetween(first.at, latest));
  const most = addMs(latest, Math.round(left) + minuteMs);
  const least = addMs(first.at, Math.round(left - passedMs) - minuteMs);
  const isRight =
    paidUntil !== undefined && msBetween(paidUntil, most) >= 0 && msBetween(least, paidUntil) >= 0;
  const days = (left / dayMs).toFixed(3);
  return isRight
    ? []
    : [`paid_until is ${paidUntil} with ${days} days left, must be ${least} to ${most}`];
}

/** Each message is sent once, or twice when a kill or a lost answer intervened. */
function aboutMessages(facts: Facts, books: CustomerBooks): string[] {
  const { history, chat, kills } = facts;
  const { messages } = books;
  const mayBeAway =
    has(history, (step) => step.kind === "chat" && step.trouble === "403") ||
    has(history, (step) => step.kind === "admin" && step.act === "block");
  const away = mayBeAway ? ["unreachable"] : [];
  const fine = ["sent", "superseded", ...away];
  const unreadable = ["refused", ...away];
  const sent = messages.filter(({ action, state }) => action !== "edit" && state === "sent");
  const known = new Set(sent.map(({ messageId }) => messageId));
  const again = chat.filter(({ messageId }) => !known.has(messageId));
  const mostAgain = sum(messages.map((message) => message.tries)) + kills;
  return [
    ...messages
      .filter(({ key, state }) => !(key.startsWith(poisonKey) ? unreadable : fine).includes(state))
      .map(({ key, state }) => `message ${key} is ${state}`),
    ...(again.length > mostAgain
      ? [`${mostAgain} may come again: ${again.map(({ words }) => words.slice(0, 60)).join(" | ")}`]
      : []),
    ...missingMessages(books).map((start) => `there is no message about ${start}`),
  ];
}

/**
 * How the keys of messages begin that must exist and do not:
 * about accesses, and about time that was bought.
 */
export function missingMessages({ keys, payments, messages }: CustomerBooks): string[] {
  const bought = payments.filter(({ charges }) => charges.some(({ use }) => use === "grant"));
  const expected = [...keys.map((id) => `key/${id}/`), ...bought.map(({ id }) => `${id}/`)];
  return expected.filter((start) => !messages.some(({ key }) => key.startsWith(start)));
}
