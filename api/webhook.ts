import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Client } from "@temporalio/client";
import { type ErrorRequestHandler, type RequestHandler, type Response, Router } from "express";
import { Counter, type Registry } from "prom-client";
import { reportEvents } from "../client/payments.ts";
import type { GatewayEvent, GatewayName, PaymentId } from "../domain/payment.ts";
import { wholeBody } from "./body.ts";

/** Why a message is not taken: nothing proves who sent it, it is for somebody else, or it cannot be read. */
export type Refusal = "signature" | "terminal" | "malformed";

const statuses: Readonly<Record<Refusal, number>> = {
  signature: 401,
  terminal: 401,
  malformed: 400,
};

/** What a message comes to. `nothing`: it is genuine, and of no interest. */
export type WebhookReading =
  | { readonly kind: "reported"; readonly paymentId: PaymentId; readonly event: GatewayEvent }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly reason: Refusal };

/** How a gateway's messages are read. Nothing is looked up for it: all it knows is the message and a secret. */
export interface WebhookReader {
  readonly gateway: GatewayName;
  /** A header without which nothing can prove a message: what lacks it is not read. */
  readonly proofHeader?: string;
  /** The answer that stops the gateway's repeats, by its content type. */
  readonly thanks: { readonly type: string; readonly body: string };
  read(body: Buffer, headers: IncomingHttpHeaders): WebhookReading;
}

export interface WebhookPorts {
  readonly temporal: Client;
  readonly outcomes: Counter<"gateway" | "outcome">;
}

export const webhookOutcomes = (registry: Registry): WebhookPorts["outcomes"] =>
  new Counter({
    name: "tollgate_webhooks_total",
    help: "Messages of payment gateways, by what became of them",
    labelNames: ["gateway", "outcome"],
    registers: [registry],
  });

/** No gateway has so much to say. */
const mostBodyBytes = 65_536;

/** Less than any gateway waits for an answer. */
const timeoutMs = 4_000;

/**
 * A gateway's entry point: `POST /webhooks/<gateway>`. Proves, reports to the payment's workflow, thanks. It thanks when
 * Temporal holds the message durably; while it does not, the answer is 503 and the gateway comes again.
 */
export function webhook(reader: WebhookReader, { temporal, outcomes }: WebhookPorts): Router {
  const { gateway, thanks } = reader;
  const count = (outcome: string) => outcomes.inc({ gateway, outcome });
  const refuse = (response: Response, reason: Refusal) => {
    count(reason);
    response.status(statuses[reason]).json({ error: `Refused: ${reason}` });
  };
  const proofFirst: RequestHandler = (request, response, next) => {
    const { proofHeader } = reader;
    if (proofHeader === undefined || request.get(proofHeader)) return next();
    refuse(response, "signature");
  };
  const unreadable: ErrorRequestHandler = (error, _request, _response, next) => {
    const { status } = error as { status?: number };
    if (status !== undefined) count(status === 413 ? "oversized" : "malformed");
    next(error);
  };
  const take: RequestHandler = async (request, response) => {
    const body: unknown = request.body;
    const message = reader.read(Buffer.isBuffer(body) ? body : Buffer.alloc(0), request.headers);
    if (message.kind === "refused") return refuse(response, message.reason);
    if (message.kind === "reported") {
      await report(temporal, message).catch((error: unknown) => {
        count("unavailable");
        throw error;
      });
    }
    count(message.kind);
    response.type(thanks.type).send(thanks.body);
  };
  return Router().post(
    `/webhooks/${gateway}`,
    proofFirst,
    wholeBody(mostBodyBytes),
    unreadable,
    take,
  );
}

type Reported = Extract<WebhookReading, { kind: "reported" }>;

/** A payment that has ended, or that nobody knows, begins anew and decides. */
async function report(temporal: Client, { paymentId, event }: Reported): Promise<void> {
  await temporal.withDeadline(Date.now() + timeoutMs, () =>
    reportEvents(temporal, paymentId, [event]),
  );
}

/** In constant time, whatever the lengths. */
export const sameSecret = (given: string, wanted: string): boolean =>
  timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Undefined where the bytes are no UTF-8: what was signed would not be what is kept. */
export function textOf(body: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
