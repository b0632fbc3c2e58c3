import { type ErrorRequestHandler, type RequestHandler, type Response, Router } from "express";
import { Counter, type Registry } from "prom-client";
import type { DurableClient } from "../client/durable.ts";
import { reportEvents } from "../client/payments.ts";
import type { WebhookReader, WebhookRefusal } from "../gateways/payments/webhook-port.ts";
import { wholeBody } from "./body.ts";

const statuses: Readonly<Record<WebhookRefusal, number>> = {
  signature: 401,
  terminal: 401,
  malformed: 400,
};

export interface WebhookPorts {
  readonly client: DurableClient;
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

/**
 * A gateway's entry point: `POST /webhooks/<gateway>`. Proves, reports to the payment's workflow, thanks. It thanks when
 * Temporal holds the message durably; while it does not, the answer is 503 and the gateway comes again.
 */
export function webhook(reader: WebhookReader, { client, outcomes }: WebhookPorts): Router {
  const { gateway, thanks } = reader;
  const count = (outcome: string) => outcomes.inc({ gateway, outcome });
  const refuse = (response: Response, reason: WebhookRefusal) => {
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
      await reportEvents(client, message.paymentId, [message.event]).catch((error: unknown) => {
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
