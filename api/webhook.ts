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

/** What a webhook reports to, and its metric. */
export interface WebhookPorts {
  readonly client: DurableClient;
  readonly outcomes: Counter<"gateway" | "outcome">;
}

/** Makes the metric that counts gateways' messages by their outcome. */
export const webhookOutcomes = (registry: Registry): WebhookPorts["outcomes"] =>
  new Counter({
    name: "tollgate_webhooks_total",
    help: "Messages of payment gateways, by what became of them",
    labelNames: ["gateway", "outcome"],
    registers: [registry],
  });

/** No gateway sends more than this. */
const mostBodyBytes = 65_536;

/**
 * A gateway's entry point: `POST /webhooks/<gateway>`. It verifies the message, reports it to the
 * payment's workflow and acknowledges it, once Temporal holds it durably; until then the answer is
 * 503, and the gateway sends it again.
 */
export function webhook(reader: WebhookReader, { client, outcomes }: WebhookPorts): Router {
  const { gateway, acknowledgement } = reader;
  const count = (outcome: string) => outcomes.inc({ gateway, outcome });
  const refuse = (response: Response, reason: WebhookRefusal) => {
    count(reason);
    response.status(statuses[reason]).json({ error: `Refused: ${reason}` });
  };
  const requireProof: RequestHandler = (request, response, next) => {
    const { proofHeader } = reader;
    if (proofHeader === undefined || request.get(proofHeader)) return next();
    refuse(response, "signature");
  };
  const countUnreadable: ErrorRequestHandler = (error, _request, _response, next) => {
    const { status } = error as { status?: number };
    if (status !== undefined) count(status === 413 ? "oversized" : "malformed");
    next(error);
  };
  const report: RequestHandler = async (request, response) => {
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
    response.type(acknowledgement.type).send(acknowledgement.body);
  };
  return Router().post(
    `/webhooks/${gateway}`,
    requireProof,
    wholeBody(mostBodyBytes),
    countUnreadable,
    report,
  );
}
