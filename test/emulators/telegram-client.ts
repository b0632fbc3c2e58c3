import { once } from "node:events";
import { get } from "node:http";
import type { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import type { Message, Update } from "../../emulators/telegram/bot-api.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import type { RecordedCall } from "../../emulators/telegram/state.ts";
import { closeAfterTest } from "./servers.ts";

export const token = "123456:TEST";

export interface BotAnswer<Result = unknown> {
  readonly ok: boolean;
  readonly result: Result;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
}

export async function ask<Result>(url: string, method = "GET", body?: unknown): Promise<Result> {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
  return (await (await fetch(url, { method, ...sent })).json()) as Result;
}

/** Both sides of a running emulator. */
export function clientOf(url: string) {
  const call = <Result = unknown>(method: string, params: object = {}) =>
    ask<BotAnswer<Result>>(`${url}/bot${token}/${method}`, "POST", params);
  const person = (id: number) => {
    const side = `${url}/person/${id}`;
    return {
      say: (text: string) => ask<Message>(`${side}/messages`, "POST", { text }),
      press: (message_id: number, data: string) =>
        ask<{ callback_query_id: string }>(`${side}/callbacks`, "POST", { message_id, data }),
      change: (change: object) => ask<object>(side, "PUT", change),
      chat: () => ask<Message[]>(`${side}/chat`),
      side,
    };
  };
  return {
    url,
    call,
    person,
    updates: async (params: object = {}) => (await call<Update[]>("getUpdates", params)).result,
    fault: (fault: object) => ask<object>(`${url}/control/faults`, "POST", fault),
    calls: (method: string) => ask<RecordedCall[]>(`${url}/control/calls?method=${method}`),
  };
}

interface Options {
  readonly dataFile?: string;
  readonly webhookRetryMs?: number;
  readonly renewalCheckout?: boolean;
}

/** An emulator on a free port that ends with the test. */
export async function startTelegram(options: Options = {}) {
  const emulator = await startTelegramEmulator({ port: 0, token, ...options });
  return { ...clientOf(emulator.url), close: closeAfterTest(emulator) };
}

/** A long poll that has reached the server: whatever is asked next comes after it. */
export async function startPoll(url: string): Promise<{ answer: Promise<unknown> }> {
  const request = get(`${url}/bot${token}/getUpdates?timeout=50`);
  const answer = once(request, "response").then(([response]) => json(response as Readable));
  // Whoever does not look at the answer is not troubled by a connection that ends with the test.
  answer.catch(() => undefined);
  await once(request, "finish");
  await ask(`${url}/healthz`);
  return { answer };
}

/** A black square: the smallest picture that counts as one. */
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
  "base64",
);
