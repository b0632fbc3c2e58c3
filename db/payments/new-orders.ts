import { randomBytes } from "node:crypto";
import { memoFrom, memoLength } from "../../domain/payments/memo.ts";
import type { Extra, PaymentOrder } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";

/** An order that is not in the books yet: its memo is drawn as it is written. */
export type NewOrder = Omit<PaymentOrder, "memo" | "terms" | "extra"> &
  Pick<PaymentOrder, "terms" | "extra">;

/**
 * How it begins: `open` waits for its customer's money, and a gateway without a statement is asked
 * about it. One that nobody is asked to pay is closed from the beginning.
 */
export type Beginning =
  | { readonly state: "open" }
  | { readonly state: "lapsed"; readonly closedAt: Instant };

/**
 * Writes an order: the one place where a payment comes into the books.
 * @returns the memo that it got; undefined: it exists already, or its customer has the same one open.
 */
export async function insertOrder(
  db: Queries,
  { price, terms, extra, ...order }: NewOrder,
  beginning: Beginning,
): Promise<string | undefined> {
  const memo = memoFrom(randomBytes(memoLength));
  const openedAt = new Date(order.openedAt);
  const made = await db
    .insertInto("payments")
    .values({
      id: order.id as string,
      customerId: order.customerId as string,
      subscriptionId: order.subscriptionId as string,
      extra: extra?.kind ?? null,
      ...extraColumns(extra),
      plan: terms?.code ?? null,
      planVersion: terms?.version ?? null,
      days: terms?.days ?? null,
      deviceLimit: terms?.deviceLimit ?? null,
      priceMinor: price.minor,
      currency: price.currency,
      gateway: order.gateway as string,
      memo,
      recurs: order.recurs ?? null,
      state: beginning.state,
      openedAt,
      lapsesAt: new Date(order.lapsesAt),
      closedAt: beginning.state === "open" ? null : new Date(beginning.closedAt),
      nextLookupAt: beginning.state === "open" ? openedAt : null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return made.numInsertedOrUpdatedRows === 1n ? memo : undefined;
}

/** What a purchase adds to a plan, as the table has it. */
export const extraColumns = (extra: Extra | undefined) => ({
  extraBytes: extra?.kind === "traffic" ? extra.bytes : null,
  extraUntil: extra?.kind === "device" ? new Date(extra.until) : null,
});
