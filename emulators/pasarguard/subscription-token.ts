import { createHmac } from "node:crypto";
import { isSame } from "../kit/secret.ts";
import { ceilSeconds } from "../panel-kit/stamps.ts";

const sign = (content: string, secret: string): string =>
  createHmac("sha256", secret).update(content).digest("base64url");

/** What a subscription's link says. */
export interface LinkClaims {
  readonly userId: number;
  /** Seconds since 1970, rounded up. */
  readonly issuedS: number;
}

/** The token of a subscription's link, in its third form: number and second, signed. */
export function signLink(userId: number, nowMs: number, secret: string): string {
  const content = Buffer.from(`v3,${userId},${ceilSeconds(nowMs)}`).toString("base64url");
  return `${content}.${sign(content, secret)}`;
}

/** What a token says; undefined for one that is not genuine. */
export function readLink(token: string, secret: string): LinkClaims | undefined {
  const [content = "", signature = ""] = token.split(".");
  if (token.length < 15 || !isSame(signature, sign(content, secret))) return undefined;
  const [, userId, issued] = Buffer.from(content, "base64url").toString("utf8").split(",");
  return { userId: Number(userId), issuedS: Number(issued) };
}
