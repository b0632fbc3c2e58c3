import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import published from "crypto-bot-api";
import { startCryptoBotEmulator } from "../../emulators/cryptobot/emulator.ts";
import type { CryptoBotEmulatorOptions } from "../../emulators/cryptobot/options.ts";
import type { RecordedCall } from "../../emulators/cryptobot/state.ts";
import type { Update } from "../../emulators/cryptobot/webhook.ts";
import { closeAfterTest, startReceiver } from "./servers.ts";

/** The third party's client: its types promise a `default` export that its code does not have. */
export const Client = published as unknown as typeof published.default;

/** Long enough for third parties' clients, which look at a token before they use it. */
export const token = "12345:AAtestTestTestTestTestTestTestTest0000";

export interface Answer<Result = Record<string, unknown>> {
  readonly ok: boolean;
  readonly result: Result;
  readonly error?: { readonly code: number; readonly name: string };
}

export interface Invoice extends Record<string, unknown> {
  readonly invoice_id: number;
  readonly status: string;
  readonly amount: string;
  readonly bot_invoice_url: string;
}

async function ask<Result>(url: string, method = "GET", body?: unknown): Promise<Result> {
  const headers = { "content-type": "application/json", "crypto-pay-api-token": token };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await (await fetch(url, { method, headers, ...sent })).json()) as Result;
}

/** The shop's side and the tests' side of a running emulator. */
export function clientOf(url: string) {
  const call = <Result = Record<string, unknown>>(method: string, params: object = {}) =>
    ask<Answer<Result>>(`${url}/api/${method}`, "POST", params);
  const control = <Result = Record<string, unknown>>(path: string, body?: object, how = "POST") =>
    ask<Result>(`${url}/control/${path}`, how, body);
  return {
    url,
    call,
    control,
    /** An invoice over 10 USDT unless told otherwise. */
    invoice: async (params: object = {}) =>
      (await call<Invoice>("createInvoice", { asset: "USDT", amount: "10", ...params })).result,
    listed: async (params: object = {}) =>
      (await call<{ items: Invoice[] }>("getInvoices", params)).result.items,
    pay: (invoice_id: number, choice: object = {}) =>
      control<Invoice>("pay", { invoice_id, ...choice }),
    fault: (fault: object) => control("faults", fault),
    calls: (method: string) => ask<RecordedCall[]>(`${url}/control/calls?method=${method}`),
  };
}

export type Options = Partial<Omit<CryptoBotEmulatorOptions, "port" | "token">>;

/** An emulator on a free port that ends with the test. */
export async function startCryptoBot(options: Options = {}) {
  const emulator = await startCryptoBotEmulator({ port: 0, token, ...options });
  return { ...clientOf(emulator.url), close: closeAfterTest(emulator) };
}

export interface Received {
  readonly raw: string;
  readonly update: Update;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

/** A shop that records its webhooks and answers with these statuses in turn, then with 200. */
export async function startShop(statuses: readonly number[] = []) {
  const left = [...statuses];
  const received: Received[] = [];
  const url = await startReceiver(async (request, response) => {
    const raw = await text(request);
    const status = left.shift() ?? 200;
    received.push({ raw, update: JSON.parse(raw) as Update, headers: request.headers, status });
    response.writeHead(status).end();
  });
  return { received, url };
}
