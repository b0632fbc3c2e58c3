import * as z from "zod";
import { Refusal } from "./refusal.ts";

const kopecks = z.int().nonnegative();

const item = z.object({
  Name: z.string().min(1).max(128),
  Price: kopecks,
  Quantity: z.number().positive().max(99_999.999),
  Amount: kopecks,
  /** A pattern, since VAT rates change by law. */
  Tax: z.string().regex(/^(?:none|vat\d{1,3})$/u),
});

const receipt = z.object({
  Email: z.string().max(64).optional(),
  Phone: z.string().max(64).optional(),
  Taxation: z.enum(["osn", "usn_income", "usn_income_outcome", "esn", "patent"]),
  FfdVersion: z.enum(["1.05", "1.2"]).optional(),
  Items: z.array(item).max(100),
  Payments: z.object({ Electronic: kopecks }).catchall(kopecks).optional(),
});

const sumOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/** @throws Refusal when the receipt is invalid or does not come to `kopecksPaid`. */
export function checkReceipt(given: unknown, kopecksPaid: number): void {
  const read = receipt.safeParse(given);
  if (!read.success) throw new Refusal("1", z.prettifyError(read.error));
  const { Email, Phone, Items, Payments } = read.data;
  if (!Email && !Phone) throw new Refusal("329");
  if (Items.length === 0) throw new Refusal("309", "it has no items");
  for (const { Name, Price, Quantity, Amount } of Items) {
    if (Math.round(Price * Quantity) !== Amount) throw new Refusal("326", Name);
  }
  const total = sumOf(Items.map(({ Amount }) => Amount));
  if (Payments && sumOf(Object.values(Payments)) !== total) throw new Refusal("308");
  const sums = `the items come to ${total} kopecks, the payment to ${kopecksPaid}`;
  if (total !== kopecksPaid) throw new Refusal("334", sums);
}
