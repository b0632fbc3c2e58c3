import * as z from "zod";
import { parseJsonObject, readBody, type Request } from "../kit/http.ts";
import { parseAmount } from "./amounts.ts";
import { invalid, Refusal } from "./refusal.ts";

/** Values are text or, from a JSON body, JSON. */
export type Params = Readonly<Record<string, unknown>>;

/** What a call carries in its query and its body, however it is encoded. */
export async function readParams({ raw, query }: Request): Promise<Params> {
  const type = raw.headers["content-type"] ?? "";
  const body = await readBody(raw);
  return { ...Object.fromEntries(query), ...(await readBodyParams(body, type)) };
}

async function readBodyParams(body: Buffer, type: string): Promise<Params> {
  if (type.startsWith("application/json")) return parseJsonObject(body.toString("utf8"));
  if (!type.startsWith("multipart/form-data")) {
    return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  }
  const sent = new Response(Uint8Array.from(body), { headers: { "content-type": type } });
  const form = await sent.formData().catch(() => {
    throw new Refusal(400, "BODY_INVALID");
  });
  return Object.fromEntries([...form].filter(([, value]) => typeof value === "string"));
}

/** A whole number, also written as text. */
export const whole = z.preprocess((value) => {
  return typeof value === "string" && /^\s*-?\d+\s*$/u.test(value) ? Number(value) : value;
}, z.int());

/** True or false, also written as text. */
export const flag = z.preprocess((value) => {
  const text = String(value).toLowerCase();
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : value;
}, z.boolean());

/** An amount above zero, kept as it was written. */
export const amount = z.preprocess(
  (value) => (typeof value === "number" ? String(value) : value),
  z.string().refine((text) => (parseAmount(text) ?? 0n) > 0n),
);

/** Items divided by commas, or a JSON list of them. */
export const list = z.preprocess((value) => {
  if (typeof value !== "string" && typeof value !== "number") return value;
  return String(value)
    .split(",")
    .map((item) => item.trim());
}, z.array(z.coerce.string()));

/**
 * @throws Refusal 400 that names the first parameter that is missing or wrong. Unknown ones are
 * ignored.
 */
export function read<Schema extends z.ZodType>(schema: Schema, params: Params): z.output<Schema> {
  const given = Object.entries(params).filter(([, value]) => value !== null && value !== "");
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  throw invalid(String(result.error.issues[0]?.path[0] ?? "request"));
}
