import type { CustomerId } from "./ids.ts";
import { type Currency, type Money, money } from "./money.ts";
import { balanceGateway, type GatewayName, type PaymentOrder } from "./payment.ts";
import { type Consequence } from "./settlement.ts";

/**
 * Where money is: at a gateway (what it owes us), with a customer (what we owe them: their balance), earned,
 * given back, kept by a gateway, or nobody's yet.
 */
export type Account =
  | `gateway:${string}`
  | `customer:${string}`
  | "revenue"
  | "refunds"
  | "fees"
  | "unmatched";

/** Debits are positive. The entries of one fact sum to zero in each currency. */
export interface Entry {
  readonly account: Account;
  readonly amount: Money;
}

export const gatewayAccount = (name: GatewayName): Account => `gateway:${name}`;
export const customerAccount = (id: CustomerId): Account => `customer:${id}`;

/** A customer's balance, from what their account sums up to. */
export const balanceOf = (sumMinor: number, currency: Currency): Money =>
  money(sumMinor === 0 ? 0 : -sumMinor, currency);

type Order = Pick<PaymentOrder, "customerId" | "gateway">;

/** What a payment's money comes out of. */
const sourceOf = ({ customerId, gateway }: Order): Account =>
  gateway === balanceGateway ? customerAccount(customerId) : gatewayAccount(gateway);

/** What a consequence writes into the books; nothing where no money has moved. */
export function entriesOf(
  order: Order & Pick<PaymentOrder, "price">,
  consequence: Consequence,
  fee?: Money,
): readonly Entry[] {
  const [source, customer] = [sourceOf(order), customerAccount(order.customerId)];
  switch (consequence.kind) {
    case "grant": {
      const { paid, fromCredit, surplus } = consequence;
      return settled([
        { account: source, amount: paid },
        { account: customer, amount: fromCredit },
        { account: "revenue", amount: negative(order.price) },
        { account: customer, amount: negative(surplus) },
        ...feeEntries(source, fee),
      ]);
    }
    case "credit":
      return settled([...credited(source, customer, consequence.paid), ...feeEntries(source, fee)]);
    case "takeBack":
      return settled([
        { account: source, amount: negative(consequence.returned) },
        { account: "refunds", amount: consequence.ofPrice },
        { account: customer, amount: consequence.ofCredit },
      ]);
    case "remember":
    case "listenOn":
    case "end":
    case "puzzle":
    case "duplicate":
      return [];
  }
}

/** Money of somebody we do not know, and its way to a customer's balance. */
export const unmatchedEntries = (gateway: GatewayName, paid: Money): readonly Entry[] =>
  credited(gatewayAccount(gateway), "unmatched", paid);

/** Money of nobody that went back to whoever had paid it. */
export const sentBackEntries = (gateway: GatewayName, paid: Money): readonly Entry[] =>
  credited("unmatched", gatewayAccount(gateway), paid);

export const givenToEntries = (customerId: CustomerId, paid: Money): readonly Entry[] =>
  credited("unmatched", customerAccount(customerId), paid);

/** Bought time that could not be given any more: its price becomes the customer's balance. */
export const ungrantedEntries = ({ customerId, price }: PaymentOrder): readonly Entry[] =>
  credited("revenue", customerAccount(customerId), price);

const credited = (from: Account, to: Account, amount: Money): Entry[] => [
  { account: from, amount },
  { account: to, amount: negative(amount) },
];

const feeEntries = (source: Account, fee: Money | undefined): Entry[] =>
  fee === undefined ? [] : credited("fees", source, fee);

const negative = ({ minor, currency }: Money): Money => money(minor === 0 ? 0 : -minor, currency);

/** One entry an account and currency, none of zero. */
function settled(entries: readonly Entry[]): readonly Entry[] {
  const sums = new Map<string, Entry>();
  for (const { account, amount } of entries) {
    const key = `${account}|${amount.currency}`;
    const minor = (sums.get(key)?.amount.minor ?? 0) + amount.minor;
    sums.set(key, { account, amount: money(minor, amount.currency) });
  }
  return [...sums.values()].filter(({ amount }) => amount.minor !== 0);
}
