import * as z from "zod";
import type { UnreadableRow } from "./port.ts";
import {
  decimalIn,
  digitsIn,
  flagIn,
  type ParsedValue,
  unreadable,
  wholeIn,
} from "./wire-values.ts";

/** A schema around a reader of `wire-values.ts`; an absent value is undefined. */
const optional =
  <Value>(read: (value: unknown) => ParsedValue<Value>, what: string) =>
  (): z.ZodType<Value | undefined> =>
    z
      .unknown()
      .optional()
      .transform((value, context): Value | undefined => {
        const found = read(value);
        if (found !== unreadable) return found;
        context.addIssue({ code: "custom", message: `is not ${what}` });
        return z.NEVER;
      });

const required =
  <Value>(read: (value: unknown) => ParsedValue<Value>, what: string) =>
  (): z.ZodType<Value> =>
    optional(read, what)().transform((value, context): Value => {
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: "is absent" });
      return z.NEVER;
    });

/** Fields of gateways' answers: a number may be a text, and `null` counts as absent. */
export const wire = {
  decimal: required(decimalIn, "a decimal"),
  digits: required(digitsIn, "a whole number"),
  whole: required(wholeIn, "a whole number below 2^53"),
  maybeDecimal: optional(decimalIn, "a decimal"),
  maybeDigits: optional(digitsIn, "a whole number"),
  maybeWhole: optional(wholeIn, "a whole number below 2^53"),
  flag: required(flagIn, "true or false"),
  maybeFlag: optional(flagIn, "true or false"),
  maybeText: () =>
    z
      .string()
      .nullish()
      .transform((text) => text ?? undefined),
} as const;

const mostEvidenceBytes = 16_384;

/** A row that could not be read, with the path of its first problem and none of its content. */
export function unreadableRow(row: unknown, error: z.ZodError | string): UnreadableRow {
  const [issue] = typeof error === "string" ? [] : error.issues;
  const place = issue === undefined ? String(error) : `"${issue.path.join(".")}" ${issue.message}`;
  const whole = JSON.stringify(row) ?? "";
  const evidence = Buffer.byteLength(whole) <= mostEvidenceBytes ? whole : whole.slice(0, 4_096);
  return { evidence, reason: place };
}
