import type { IncomingHttpHeaders } from "node:http";
import type * as z from "zod";
import type { GatewayEvent, GatewayName, PaymentId } from "../../domain/payments/payment.ts";

/**
 * Why a message is refused: nothing proves its sender, it is for another terminal,
 * or it cannot be read.
 */
export type WebhookRefusal = "signature" | "terminal" | "malformed";

/** What a message means. `nothing`: it is genuine, and of no interest. */
export type WebhookReading =
  | { readonly kind: "reported"; readonly paymentId: PaymentId; readonly event: GatewayEvent }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly reason: WebhookRefusal };

/** Reads a gateway's messages. It looks nothing up: it knows only the message and a secret. */
export interface WebhookReader {
  readonly gateway: GatewayName;
  /** A header that every genuine message has: a message without it is not read. */
  readonly proofHeader?: string;
  /** The answer that stops the gateway's repeats, with its content type. */
  readonly acknowledgement: { readonly type: string; readonly body: string };
  /** Verifies and reads a message. */
  read(body: Buffer, headers: IncomingHttpHeaders): WebhookReading;
}

/**
 * How a gateway's reader is made from the environment: from the variables that prove its messages.
 */
export interface WebhookProvider<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly environment: Shape;
  /**
   * Makes the reader; undefined where the gateway is switched off.
   * @throws Error that names what is missing beside what was given.
   */
  connect(env: z.output<z.ZodObject<Shape>>): WebhookReader | undefined;
}

/**
 * The body as text; undefined where it is not UTF-8:
 * what was signed would differ from what is kept.
 */
export function textOf(body: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
