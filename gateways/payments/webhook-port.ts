import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { z } from "zod";
import type { GatewayEvent, GatewayName, PaymentId } from "../../domain/payments/payment.ts";
import { parseLiterally } from "./wire-values.ts";

/** Why a message is not taken: nothing proves who sent it, it is for somebody else, or it cannot be read. */
export type WebhookRefusal = "signature" | "terminal" | "malformed";

/** What a message comes to. `nothing`: it is genuine, and of no interest. */
export type WebhookReading =
  | { readonly kind: "reported"; readonly paymentId: PaymentId; readonly event: GatewayEvent }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly reason: WebhookRefusal };

/** Reads a gateway's messages. It looks nothing up: it knows the message and a secret alone. */
export interface WebhookReader {
  readonly gateway: GatewayName;
  /** A header without which nothing can prove a message: what lacks it is not read. */
  readonly proofHeader?: string;
  /** The answer that stops the gateway's repeats, by its content type. */
  readonly thanks: { readonly type: string; readonly body: string };
  read(body: Buffer, headers: IncomingHttpHeaders): WebhookReading;
}

/** How a gateway's reader is made from the environment: of its variables, those that prove its messages. */
export interface WebhookProvider<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly environment: Shape;
  /**
   * Returns undefined where the gateway is switched off.
   * @throws Error that names what is missing beside what was given.
   */
  connect(env: z.output<z.ZodObject<Shape>>): WebhookReader | undefined;
}

/** Compares secrets in constant time, whatever their lengths. */
export const sameSecret = (given: string, wanted: string): boolean =>
  timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Returns undefined where the bytes are not UTF-8: what was signed would not be what is kept. */
export function textOf(body: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Parses JSON with its numbers as text, as they were written; undefined where it is not JSON. */
export function jsonOf(text: string | undefined): unknown {
  try {
    return parseLiterally(text ?? "");
  } catch {
    return undefined;
  }
}
