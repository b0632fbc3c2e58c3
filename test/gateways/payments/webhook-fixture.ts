import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Client, isGrpcServiceError } from "@temporalio/client";
import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { createApi } from "../../../api/app.ts";
import { apiEnvironment } from "../../../api/config.ts";
import { DurableClient } from "../../../client/durable.ts";
import type { GatewayEvent, PaymentId } from "../../../domain/payments/payment.ts";
import { createLogger } from "../../../runtime/log.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";

export const cryptoToken = "12345:test-token";
export const terminalKey = "1321054611234DEMO";
export const password = "Dfsfh56dgKl";

export const secrets = {
  CRYPTOBOT_TOKEN: cryptoToken,
  TBANK_TERMINAL_KEY: terminalKey,
  TBANK_PASSWORD: password,
};
const required = { DATABASE_URL: "postgres://h/d", TEMPORAL_ADDRESS: "h:7233" };

export interface Message {
  readonly body: string;
  readonly headers?: Record<string, string>;
}

/** An api whose gateways' webhooks lead to this Temporal, for one test. */
export async function startApi(temporal: Client, env: Record<string, string> = secrets) {
  const lines: string[] = [];
  const log = createLogger("api", "debug", { write: (line) => void lines.push(line) });
  const registry = new Registry();
  const configuration = apiEnvironment.parse({ ...required, ...env });
  const ports = { log, registry, checks: {}, client: new DurableClient(temporal) };
  const server = createApi(configuration, ports).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    lines,
    post: async (gateway: string, { body, headers = {} }: Message, how: RequestInit = {}) => {
      const json = { "content-type": "application/json" };
      const sent = { method: "POST", body, headers: { ...json, ...headers }, ...how };
      const response = await fetch(`${url}/webhooks/${gateway}`, sent);
      return { status: response.status, text: await response.text() };
    },
    /** The number of a gateway's messages by outcome. */
    outcomes: async (gateway: string): Promise<Record<string, number>> => {
      const metric = await registry.getSingleMetric("tollgate_webhooks_total")?.get();
      const values = metric?.values.filter(({ labels }) => labels["gateway"] === gateway) ?? [];
      return Object.fromEntries(
        values.map(({ labels, value }) => [String(labels["outcome"]), value]),
      );
    },
  };
}

/** gRPC's code for NOT_FOUND. */
const notFound = 5;

/** What Temporal has of a payment: how often it was started, with what, and which events it got. */
export async function readPayment(client: Client, id: PaymentId) {
  const workflowId = workflowIds.payment(id);
  const handle = client.workflow.getHandle(workflowId);
  const history = await handle.fetchHistory().catch((error: unknown) => {
    if (isGrpcServiceError(error) && (error.code as number) === notFound) return undefined;
    throw error;
  });
  const happened = history?.events ?? [];
  const begun = happened.flatMap(({ workflowExecutionStartedEventAttributes: it }) => it ?? []);
  const signals = happened.flatMap(({ workflowExecutionSignaledEventAttributes: it }) => it ?? []);
  return {
    begun: begun.map(({ workflowType, input }) => [workflowType?.name, ...read(input?.payloads)]),
    events: signals
      .filter(({ signalName }) => signalName === "gatewayReported")
      .flatMap(({ input }) => read(input?.payloads)[0] as GatewayEvent[]),
  };
}

const read = (payloads: readonly Payload[] | null | undefined): unknown[] =>
  (payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));

/** Crypto Pay's message about an invoice, signed like the service does. */
export function cryptoUpdate(invoice: object, rest: object = {}, token = cryptoToken): Message {
  const request_date = "2026-11-20T12:00:00.000Z";
  const update = { update_id: 1, update_type: "invoice_paid", request_date, payload: invoice };
  return sign(JSON.stringify({ ...update, ...rest }), token);
}

export function sign(body: string, token = cryptoToken): Message {
  const key = createHash("sha256").update(token).digest();
  const signature = createHmac("sha256", key).update(body).digest("hex");
  return { body, headers: { "crypto-pay-api-signature": signature } };
}

/** T-Bank's notification: each value as its JSON text, with a token over what is written. */
export function notification(fields: Readonly<Record<string, string>>, secret = password): Message {
  const usual = { TerminalKey: JSON.stringify(terminalKey), Success: "true", ErrorCode: '"0"' };
  const written: Record<string, string> = { ...usual, ...fields };
  const scalars = Object.entries(written)
    .filter(([, json]) => !/^[[{n]/u.test(json))
    .map(([name, json]) => [name, json.startsWith('"') ? String(JSON.parse(json)) : json] as const);
  const text = [...scalars, ["Password", secret] as const]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, value]) => value)
    .join("");
  const token = createHash("sha256").update(text).digest("hex");
  const all = Object.entries({ ...written, Token: JSON.stringify(token) });
  return { body: `{${all.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(",")}}` };
}
