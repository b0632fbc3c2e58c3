import * as z from "zod";

/** `http` would carry passwords and customers' keys in the clear. What is not a URL is refused above. */
function isSafe(text: string): boolean {
  const { protocol, hostname } = URL.parse(text) ?? {};
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname ?? "");
  return protocol !== "http:" || isHere;
}

/** The URL of a panel, without its API's path. */
export const panelUrl = z
  .url({ protocol: /^https?$/u, error: "is the panel's URL, like https://panel.example:8000" })
  .refine(isSafe, "has to begin with https:// unless it is this machine")
  .refine((text) => !/[?#]/u.test(text), "ends before any ? or #")
  .transform((text) => text.replace(/\/+$/u, ""));

/** The name by which a panel that several shops use tells their users apart. */
export const shopName = z
  .string()
  .regex(/^[a-z\d][a-z\d-]{0,31}$/u, "has up to 32 lower-case letters, digits and hyphens")
  .default("shop");

/** A password or token: what pastes wrongly is refused before it is sent. */
export const panelSecret = (what: string) =>
  z.string().regex(/^\S+$/u, `is ${what}, without spaces and line breaks`).max(1_000);
