import type { CustomerId } from "../ids.ts";
import { type Currency, type Money, money } from "../money.ts";
import type { Effect } from "./effect.ts";
import { balanceGateway, type GatewayName, type PaymentOrder } from "./payment.ts";

/**
 * Where money is: at a gateway (what it owes us), with a customer (what we owe them: their
 * balance), reserved for a refund under way, earned, refunded, kept by a gateway, or unmatched.
 */
export type Account =
  | `gateway:${string}`
  | `customer:${string}`
  | `reserved:${string}`
  | "revenue"
  | "refunds"
  | "fees"
  | "unmatched";

/** What an account is, whoever's it is. */
export const accountKinds = [
  "gateway",
  "customer",
  "reserved",
  "revenue",
  "refunds",
  "fees",
  "unmatched",
] as const;

/** One of `accountKinds`. */
export type AccountKind = (typeof accountKinds)[number];

/** The kind of an account by its name in the books; undefined: there is none of that name. */
export function accountKind(account: string): AccountKind | undefined {
  const [name] = account.split(":", 1);
  return accountKinds.find((kind) => kind === name);
}

/** Debits are positive. The entries of one fact sum to zero in each currency. */
export interface Entry {
  readonly account: Account;
  readonly amount: Money;
}

/** A fact that is booked once, and the money it moves. */
export interface BookedFact {
  readonly fact: string;
  readonly entries: readonly Entry[];
}

/** The account of what a gateway owes us. */
export const gatewayAccount = (name: GatewayName): Account => `gateway:${name}`;
/** The account of what we owe a customer. */
export const customerAccount = (id: CustomerId): Account => `customer:${id}`;
/** The account of balance that is reserved for a refund. */
export const reserveAccount = (requestId: string): Account => `reserved:${requestId}`;

/** A customer's balance from the sum of their account. A negative balance is a debt. */
export const balanceOf = (sumMinor: number, currency: Currency): Money =>
  money(sumMinor === 0 ? 0 : -sumMinor, currency);

type Order = Pick<PaymentOrder, "customerId" | "gateway">;

/** The account that a payment's money comes from. */
const sourceOf = ({ customerId, gateway }: Order): Account =>
  gateway === balanceGateway ? customerAccount(customerId) : gatewayAccount(gateway);

/** What an effect books in the ledger; undefined: no money has moved. */
export function factOf(order: Order, effect: Effect, fee?: Money): BookedFact | undefined {
  const source = sourceOf(order);
  const customer = customerAccount(order.customerId);
  switch (effect.kind) {
    case "granted": {
      const { paid, ofPrice, parts, surplus, reference } = effect;
      const { currency } = paid;
      const fromBalance = parts.reduce((sum, { minor }) => sum + minor, 0);
      const revenue = money(ofPrice.minor + fromBalance, currency);
      return factFrom(`${order.gateway}/${reference}/paid`, [
        { account: source, amount: paid },
        { account: customer, amount: money(fromBalance, currency) },
        { account: "revenue", amount: negative(revenue) },
        { account: customer, amount: negative(surplus) },
        ...feeEntries(source, fee),
      ]);
    }
    case "credited":
      return factFrom(`${order.gateway}/${effect.reference}/paid`, [
        ...moves(source, customer, effect.paid),
        ...feeEntries(source, fee),
      ]);
    case "returned": {
      const { reference, returned, total, ofPrice, ofReserve, ofBalance, ofShop } = effect;
      const { currency } = returned;
      return factFrom(`${order.gateway}/${reference}/returned/${total.minor}`, [
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

/** Reserves balance for a refund. */
export const reserveFact = (requestId: string, of: CustomerId, amount: Money): BookedFact =>
  factFrom(
    `refund/${requestId}/reserved`,
    moves(customerAccount(of), reserveAccount(requestId), amount),
  );

/** Returns the rest of a reserve to the balance when the refund fails. */
export const releaseFact = (requestId: string, to: CustomerId, amount: Money): BookedFact =>
  factFrom(
    `refund/${requestId}/released`,
    moves(reserveAccount(requestId), customerAccount(to), amount),
  );

/** An unmatched payment has come in. `name` is its gateway and reference. */
export const unmatchedFact = (name: string, gateway: GatewayName, paid: Money): BookedFact =>
  factFrom(`${name}/unmatched`, moves(gatewayAccount(gateway), "unmatched", paid));

/** An unmatched payment is credited to a customer. */
export const unmatchedCreditFact = (name: string, to: CustomerId, amount: Money): BookedFact =>
  factFrom(`${name}/given`, moves("unmatched", customerAccount(to), amount));

/**
 * A return of an unmatched payment; `total` is how much has been returned so far. What was given to
 * a customer (`from`) and is spent is our loss.
 */
export const unmatchedReturnFact = (
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
  return factFrom(`${name}/returned/${total.minor}`, [
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

const factFrom = (fact: string, entries: readonly Entry[]): BookedFact => ({
  fact,
  entries: sumEntries(entries),
});

/** One entry per account and currency; sums of zero are left out. */
function sumEntries(entries: readonly Entry[]): readonly Entry[] {
  const sums = new Map<string, Entry>();
  for (const { account, amount } of entries) {
    const key = `${account}|${amount.currency}`;
    const minor = (sums.get(key)?.amount.minor ?? 0) + amount.minor;
    sums.set(key, { account, amount: money(minor, amount.currency) });
  }
  return [...sums.values()].filter(({ amount }) => amount.minor !== 0);
}
