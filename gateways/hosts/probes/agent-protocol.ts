import { createHmac, timingSafeEqual } from "node:crypto";

/** Where an agent is asked. */
export const agentPath = "/probe";
/** What proves who asks, in a request, and who answers, in an answer. */
export const proofHeader = "x-probe-proof";
/** How far the clocks of the shop and of an agent may be apart. */
export const longestSkewMs = 60_000;
/** An attempt has at most 150 datagrams of 1,800 characters. */
export const longestBody = 300_000;

/** What names one request: its moment and a number that is used once. */
export interface RequestName {
  readonly atMs: number;
  /** 32 hexadecimal digits. */
  readonly nonce: string;
}

/** The proof of a request: who knows the secret has sent this body at this moment. */
export function proofOfRequest(secret: string, { atMs, nonce }: RequestName, body: string): string {
  return `${atMs}.${nonce}.${sign(secret, ["request", String(atMs), nonce, body])}`;
}

/** The proof of an answer to a request. */
export const proofOfAnswer = (secret: string, { nonce }: RequestName, body: string): string =>
  sign(secret, ["answer", nonce, body]);

/** What a request's proof names; undefined: it proves nothing. */
export function readProof(secret: string, proof: string, body: string): RequestName | undefined {
  const [, at = "", nonce = ""] = /^(\d{1,15})\.([0-9a-f]{32})\.[0-9a-f]{64}$/u.exec(proof) ?? [];
  const name = { atMs: Number(at), nonce };
  return isSame(proof, proofOfRequest(secret, name, body)) ? name : undefined;
}

/** Compares two proofs in constant time. */
export function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => Buffer.from(text)) as [Buffer, Buffer];
  return first.length === second.length && timingSafeEqual(first, second);
}

const sign = (secret: string, parts: readonly string[]): string =>
  createHmac("sha256", secret).update(parts.join("\n")).digest("hex");
