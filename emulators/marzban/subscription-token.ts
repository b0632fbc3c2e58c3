import { createHash } from "node:crypto";
import { ceilSeconds } from "../panel-kit/stamps.ts";

const digest = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 10);

/** What a subscription's link says. */
export interface LinkClaims {
  readonly username: string;
  /** Seconds since 1970, rounded up. */
  readonly issuedS: number;
}

/** The token of a subscription's link: the name and the second, and ten characters of a hash. */
export function signLink(username: string, nowMs: number, secret: string): string {
  const content = Buffer.from(`${username},${ceilSeconds(nowMs)}`).toString("base64url");
  return `${content}${digest(content + secret)}`;
}

/** What a token says; undefined for one that is not genuine. */
export function readLink(token: string, secret: string): LinkClaims | undefined {
  if (token.length < 15) return undefined;
  const content = token.slice(0, -10);
  if (digest(content + secret) !== token.slice(-10)) return undefined;
  const [username = "", issued = ""] = Buffer.from(content, "base64url")
    .toString("utf8")
    .split(",");
  return { username, issuedS: Number(issued) };
}
