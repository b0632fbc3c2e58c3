import * as z from "zod";
import { badRequest } from "./refusal.ts";

/** A file in a call's form. */
export interface Upload {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

/** One call as it came: values are text or, from a JSON body, JSON. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly uploads: ReadonlyMap<string, Upload>;
  /** Aborted when the caller hangs up. */
  readonly hungUp: AbortSignal;
}

/** A whole number, also written as text. */
export const whole = z.preprocess((value) => {
  return typeof value === "string" && /^\s*-?\d+\s*$/u.test(value) ? Number(value) : value;
}, z.int());

/** Telegram takes anything for false that is not true in one of these spellings. */
export const flag = z.preprocess((value) => {
  return value === true || value === 1 || /^(?:true|yes|1)$/iu.test(String(value));
}, z.boolean());

/** Text; numbers in JSON count as text too. */
export const words = z.preprocess((value) => {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}, z.string());

/**
 * A value that queries and forms carry as JSON text;
 * `complaint` is Telegram's error for broken JSON.
 */
export function json<Schema extends z.ZodType>(schema: Schema, complaint: string) {
  return z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: complaint });
      return z.NEVER;
    }
  }, schema);
}

/**
 * Reads a call's parameters. @throws Refusal 400 in Telegram's words; unknown parameters are
 * ignored as there.
 */
export function read<Schema extends z.ZodType>(schema: Schema, { params }: Call): z.output<Schema> {
  const given = Object.entries(params).filter(([, value]) => value !== null && value !== "");
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const own = issue?.code === "custom" ? issue.message : undefined;
  throw badRequest(own ?? `wrong parameter ${String(issue?.path[0] ?? "")} in request`);
}
