import { createHmac } from "node:crypto";
import { isSame } from "../kit/secret.ts";

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const sign = (content: string, secret: string): string =>
  createHmac("sha256", secret).update(content).digest("base64url");

/** A JSON web token, signed by HS256. */
export function signJwt(claims: object, secret: string): string {
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${sign(content, secret)}`;
}

/** What an administrator's token says. */
export interface Claims {
  readonly sub: string;
  readonly access: string;
  /** Whole seconds since 1970, as `exp`. */
  readonly iat: number;
  readonly exp: number;
  /** The administrator's number; Marzban has none in its tokens. */
  readonly aid?: number;
}

/** The claims of a token that is genuine and still lasts; undefined for all others. */
export function readJwt(token: string, secret: string, nowMs: number): Claims | undefined {
  const [header = "", payload = "", signature = ""] = token.split(".");
  if (!isSame(signature, sign(`${header}.${payload}`, secret))) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Claims;
    return claims.exp > nowMs / 1_000 ? claims : undefined;
  } catch {
    return undefined;
  }
}
