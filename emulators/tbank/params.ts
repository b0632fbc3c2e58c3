import type * as z from "zod";
import type { Written } from "./literals.ts";
import { type Code, Refusal } from "./refusal.ts";

/** What a call carries. */
export type Params = Written;

/**
 * A payment's id, to the digit, also when it was written as a number.
 * @throws Refusal 201 when it is missing, 217 when it is not a number.
 */
export function paymentIdIn({ scalars }: Params): string {
  const id = scalars.get("PaymentId") ?? "";
  if (id === "") throw new Refusal("201", "PaymentId");
  if (!/^\d{1,20}$/u.test(id)) throw new Refusal("217");
  return id;
}

/** @throws Refusal over the first parameter that is missing or wrong; others are ignored. */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  { fields }: Params,
  codes: Readonly<Partial<Record<string, Code>>> = {},
): z.output<Schema> {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== "");
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const name = String(issue?.path[0] ?? "");
  const isMissing = !given.some(([key]) => key === name);
  const code = codes[name];
  throw new Refusal(code ?? (isMissing ? "201" : "1"), `${name}: ${issue?.message ?? "wrong"}`);
}
