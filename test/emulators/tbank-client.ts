import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { startTBankEmulator } from "../../emulators/tbank/emulator.ts";
import type { TBankEmulatorOptions } from "../../emulators/tbank/options.ts";
import type { Payment } from "../../emulators/tbank/payments.ts";
import type { RecordedCall } from "../../emulators/tbank/state.ts";
import { closeAfterTest, startReceiver } from "./servers.ts";

export const terminalKey = "1366000000001DEMO";
export const password = "usaf8fw8fsw21g";

export const cards = {
  good: "2200770239097761",
  poor: "2201382000000831",
  "3ds": "2201382000000047",
  "3ds-refused": "2201382000000005",
};

export interface Answer extends Record<string, unknown> {
  readonly Success: boolean;
  readonly ErrorCode: string;
  readonly Status: string;
  readonly PaymentId: string;
  readonly PaymentURL: string;
  readonly Amount: number;
}

/** A token over values that are written already: this side's own reading of the bank's rule. */
export function sign(values: Readonly<Record<string, string>>, secret = password): string {
  const signed: Record<string, string> = { ...values, Password: secret };
  delete signed["Token"];
  const joined = Object.keys(signed)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => signed[name])
    .join("");
  return createHash("sha256").update(joined).digest("hex");
}

/** The root scalars of what a program parsed, written anew by that program. */
export const rewritten = (parsed: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parsed)
      .filter(([, value]) => value !== undefined && typeof value !== "object")
      .map(([name, value]) => [name, String(value)]),
  );

/** The root scalars of a notification to the letter, by a pattern that knows its one nesting. */
export function literals(raw: string): Record<string, string> {
  const flat = raw.replace(/"Data":\{[^}]*\},?/u, "");
  const pairs = flat.matchAll(/"(\w+)":(?:"((?:[^"\\]|\\.)*)"|([\d.]+|true|false))/gu);
  return Object.fromEntries(
    [...pairs].map(([, name = "", quoted, bare]) => [name, quoted ?? bare ?? ""]),
  );
}

export const isSigned = ({ raw }: { readonly raw: string }): boolean => {
  const values = literals(raw);
  return values["Token"] === sign(values);
};

async function ask<Result>(url: string, method: string, body?: unknown): Promise<Result> {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await (await fetch(url, { method, headers, ...sent })).json()) as Result;
}

/** The shop's side and the tests' side of a running emulator. */
export function clientOf(url: string) {
  const call = (method: string, params: object = {}): Promise<Answer> => {
    const fields = { TerminalKey: terminalKey, ...params };
    return ask(`${url}/v2/${method}`, "POST", { ...fields, Token: sign(rewritten(fields)) });
  };
  const control = <Result = Payment>(path: string, body?: object, how = "POST") =>
    ask<Result & { error?: string }>(`${url}/control/${path}`, how, body);
  let orders = 0;
  /** A payment over 299 roubles unless the parameters say otherwise. */
  const init = (params: object = {}) => {
    orders += 1;
    return call("Init", { Amount: 29_900, OrderId: `order-${orders}`, ...params });
  };
  const pay = (payment_id: string, how: object = {}) => control("pay", { payment_id, ...how });
  return {
    url,
    call,
    control,
    init,
    state: async (PaymentId: string) => (await call("GetState", { PaymentId })).Status,
    payment: async (id: string) => {
      const all = await control<Payment[]>("payments", undefined, "GET");
      const found = all.find((payment) => payment.id === id);
      if (found === undefined) throw new Error(`nothing is known of payment ${id}`);
      return found;
    },
    pay,
    /** The id of a payment that was opened with these parameters and paid in this way. */
    openPaid: async (params: object = {}, how: object = {}) => {
      const { PaymentId } = await init(params);
      await pay(PaymentId, how);
      return PaymentId;
    },
    fault: (fault: object) => control<{ id: number }>("faults", fault),
    calls: (method: string) => ask<RecordedCall[]>(`${url}/control/calls?method=${method}`, "GET"),
    waiting: () => control<unknown[]>("webhooks", undefined, "GET"),
  };
}

/** Both sides of a running emulator. */
export type Bank = ReturnType<typeof clientOf>;

/** The start options that a test may choose. */
export type Options = Partial<Omit<TBankEmulatorOptions, "port" | "terminalKey" | "password">>;

/** An emulator on a free port that ends with the test. */
export async function startTBank(options: Options = {}) {
  const emulator = await startTBankEmulator({ port: 0, terminalKey, password, ...options });
  return { ...clientOf(emulator.url), close: closeAfterTest(emulator) };
}

export interface Received {
  readonly raw: string;
  /** As a program reads it that knows no better. */
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Reply {
  readonly status?: number;
  readonly text?: string;
}

/** A shop that records its notifications and answers with these in turn, then with 200 and `OK`. */
export async function startShop(answers: readonly Reply[] = []) {
  const left = [...answers];
  const received: Received[] = [];
  const url = await startReceiver(async (request, response) => {
    const raw = await text(request);
    received.push({ raw, fields: JSON.parse(raw) as Received["fields"] });
    const { status = 200, text: reply = "OK" } = left.shift() ?? {};
    response.writeHead(status).end(reply);
  });
  const statuses = () => received.map(({ fields }) => String(fields["Status"])).toSorted();
  /** The first notification of a status, as a program reads it that loses digits. */
  const fieldsOf = (status: string) =>
    received.find(({ fields }) => fields["Status"] === status)?.fields;
  return { received, statuses, fieldsOf, url };
}

/** An emulator that notifies a shop, and whose clock is set by hand. */
export async function startTBankWithShop(options: Options = {}, answers: readonly Reply[] = []) {
  const shop = await startShop(answers);
  const clock = { nowMs: Date.parse("2026-11-21T09:00:00.000Z") };
  const bank = await startTBank({ webhookUrl: shop.url, now: () => clock.nowMs, ...options });
  return { ...bank, ...shop, url: bank.url, clock };
}
