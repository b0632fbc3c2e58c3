import type { CustomerId } from "../ids.ts";
import { type Currency, type Money, money } from "../money.ts";
import type { Effect } from "./decision.ts";
import { balanceGateway, type GatewayName, type PaymentOrder } from "./payment.ts";

/**
 * Where money is: at a gateway (what it owes us), with a customer (what we owe them: their balance), set aside for
 * a refund that is under way, earned, given back, kept by a gateway, or unmatched.
 */
export type Account =
  | `gateway:${string}`
  | `customer:${string}`
  | `reserved:${string}`
  | "revenue"
  | "refunds"
  | "fees"
  | "unmatched";

/** Debits are positive. The entries of one fact sum to zero in each currency. */
export interface Entry {
  readonly account: Account;
  readonly amount: Money;
}

/** What happened, once, and what it moves. */
export interface BookedFact {
  readonly fact: string;
  readonly entries: readonly Entry[];
}

export const gatewayAccount = (name: GatewayName): Account => `gateway:${name}`;
export const customerAccount = (id: CustomerId): Account => `customer:${id}`;
export const reserveAccount = (requestId: string): Account => `reserved:${requestId}`;

/** A customer's balance, from what their account sums up to. Below zero it is a debt. */
export const balanceOf = (sumMinor: number, currency: Currency): Money =>
  money(sumMinor === 0 ? 0 : -sumMinor, currency);

type Order = Pick<PaymentOrder, "customerId" | "gateway">;

/** What a payment's money comes out of. */
const sourceOf = ({ customerId, gateway }: Order): Account =>
  gateway === balanceGateway ? customerAccount(customerId) : gatewayAccount(gateway);

/** What an effect writes into the books; undefined where no money has moved. */
export function factOf(order: Order, effect: Effect, fee?: Money): BookedFact | undefined {
  const source = sourceOf(order);
  const customer = customerAccount(order.customerId);
  switch (effect.kind) {
    case "granted": {
      const { paid, ofPrice, parts, surplus, reference } = effect;
      const { currency } = paid;
      const fromBalance = parts.reduce((sum, { minor }) => sum + minor, 0);
      const revenue = money(ofPrice.minor + fromBalance, currency);
      return booked(`${order.gateway}/${reference}/paid`, [
        { account: source, amount: paid },
        { account: customer, amount: money(fromBalance, currency) },
        { account: "revenue", amount: negative(revenue) },
        { account: customer, amount: negative(surplus) },
        ...feeEntries(source, fee),
      ]);
    }
    case "credited":
      return booked(`${order.gateway}/${effect.reference}/paid`, [
        ...moves(source, customer, effect.paid),
        ...feeEntries(source, fee),
      ]);
    case "returned": {
      const { reference, returned, total, ofPrice, ofReserve, ofBalance, ofShop } = effect;
      const { currency } = returned;
      return booked(`${order.gateway}/${reference}/returned/${total.minor}`, [
        { account: source, amount: negative(returned) },
        { account: "refunds", amount: money(ofPrice.minor + ofShop.minor, currency) },
        { account: customer, amount: ofBalance },
        ...ofReserve.map(({ requestId, minor }) => {
          return { account: reserveAccount(requestId), amount: money(minor, currency) };
        }),
      ]);
    }
    case "returnNoted":
    case "noted":
    case "declined":
    case "inconsistent":
    case "duplicate":
      return undefined;
  }
}

/** Balance that is set aside for a refund, and what of it comes back when the refund fails. */
export const reserved = (requestId: string, of: CustomerId, amount: Money): BookedFact =>
  booked(
    `refund/${requestId}/reserved`,
    moves(customerAccount(of), reserveAccount(requestId), amount),
  );

export const released = (requestId: string, to: CustomerId, amount: Money): BookedFact =>
  booked(
    `refund/${requestId}/released`,
    moves(reserveAccount(requestId), customerAccount(to), amount),
  );

/** Money that no order asked for, and what becomes of it. `name` is gateway and reference. */
export const unmatchedFact = (name: string, gateway: GatewayName, paid: Money): BookedFact =>
  booked(`${name}/unmatched`, moves(gatewayAccount(gateway), "unmatched", paid));

export const givenFact = (name: string, to: CustomerId, amount: Money): BookedFact =>
  booked(`${name}/given`, moves("unmatched", customerAccount(to), amount));

/** A return of unmatched money; `total` names how much is back in all. What was given already, its owner bears. */
export const unmatchedReturned = (
  name: string,
  gateway: GatewayName,
  {
    returned,
    total,
    ofBalance,
    from,
  }: {
    readonly returned: Money;
    readonly total: Money;
    readonly ofBalance: Money;
    readonly from: CustomerId | undefined;
  },
): BookedFact => {
  const rest = money(returned.minor - ofBalance.minor, returned.currency);
  const bearer = from === undefined ? "unmatched" : "refunds";
  return booked(`${name}/returned/${total.minor}`, [
    { account: gatewayAccount(gateway), amount: negative(returned) },
    ...(from === undefined ? [] : [{ account: customerAccount(from), amount: ofBalance }]),
    { account: bearer, amount: rest },
  ]);
};

const moves = (from: Account, to: Account, amount: Money): Entry[] => [
  { account: from, amount },
  { account: to, amount: negative(amount) },
];

const feeEntries = (source: Account, fee: Money | undefined): Entry[] =>
  fee === undefined ? [] : moves("fees", source, fee);

const negative = ({ minor, currency }: Money): Money => money(minor === 0 ? 0 : -minor, currency);

const booked = (fact: string, entries: readonly Entry[]): BookedFact => ({
  fact,
  entries: summed(entries),
});

/** One entry an account and currency, none of zero. */
function summed(entries: readonly Entry[]): readonly Entry[] {
  const sums = new Map<string, Entry>();
  for (const { account, amount } of entries) {
    const key = `${account}|${amount.currency}`;
    const minor = (sums.get(key)?.amount.minor ?? 0) + amount.minor;
    sums.set(key, { account, amount: money(minor, amount.currency) });
  }
  return [...sums.values()].filter(({ amount }) => amount.minor !== 0);
}
