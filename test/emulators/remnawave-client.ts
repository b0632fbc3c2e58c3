import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { startRemnawaveEmulator } from "../../emulators/remnawave/emulator.ts";
import type { RemnawaveEmulatorOptions } from "../../emulators/remnawave/options.ts";
import type { RecordedCall } from "../../emulators/remnawave/recorded-call.ts";
import { defaultSquad } from "../../emulators/remnawave/squads.ts";
import { closeAfterTest, startReceiver } from "./servers.ts";

export const token = "testRemnawaveToken";
export const secret = "testRemnawaveWebhookSecret0000000000";
/** The panel's proxy adds these; without them it destroys the connection. */
export const proxyHeaders = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" };
/** A day after the clock of the tests, which starts at this moment, at second 1 of a minute. */
export const startMs = Date.parse("2026-11-20T12:00:01.000Z");
export const dayMs = 86_400_000;
export const inDays = (days: number): string => new Date(startMs + days * dayMs).toISOString();

export interface User extends Record<string, unknown> {
  readonly id: number;
  readonly uuid?: string;
  readonly shortUuid: string;
  readonly username: string;
  readonly status: string;
  readonly vlessUuid: string;
  readonly userTraffic: Record<string, unknown>;
}

export interface Answer<Result = User> {
  readonly status: number;
  /** What stands in `response`. */
  readonly result: Result;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

interface Node {
  readonly connected: boolean;
  readonly lets_in: readonly { readonly username: string; readonly tags: readonly string[] }[];
  readonly on_its_way: readonly unknown[];
}

/** The API's side and the tests' side of a running panel. */
export function clientOf(url: string) {
  const api = async <Result = User>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Result>> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const usual = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/api${path}`, {
      method,
      headers: { ...proxyHeaders, ...usual, ...headers },
      ...sent,
    });
    const raw = await answer.text();
    const parsed = raw === "" ? {} : (JSON.parse(raw) as Record<string, unknown>);
    const result = parsed["response"] as Result;
    return { status: answer.status, result, body: parsed, headers: answer.headers };
  };
  const control = async <Result = Record<string, unknown>>(
    path: string,
    body?: object,
    method = body === undefined ? "GET" : "POST",
  ): Promise<Result> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await (await fetch(`${url}/control/${path}`, { method, ...sent })).json()) as Result;
  };
  const node = () => control<Node>("node");
  return {
    url,
    api,
    control,
    node,
    /** The names of those whom the node lets in. */
    letIn: async () => (await node()).lets_in.map(({ username }) => username),
    /** An active user in the default squad for a month, unless told otherwise. */
    create: async (username: string, fields: object = {}) =>
      (
        await api("POST", "/users", {
          username,
          expireAt: inDays(30),
          activeInternalSquads: [defaultSquad],
          ...fields,
        })
      ).result,
    patch: async (fields: object) => api("PATCH", "/users", fields),
    find: async (username: string) => (await api("GET", `/users/by-username/${username}`)).result,
    act: (id: number, action: string, body?: object) =>
      api("POST", `/users/${id}/actions/${action}`, body),
    advance: (seconds: number) => control("clock", { advance_ms: Math.round(seconds * 1_000) }),
    traffic: (username: string, bytes: number) => control("traffic", { username, bytes }),
    fault: (fault: object) => control("faults", fault),
    calls: (method: string) =>
      control<RecordedCall[]>(`calls?method=${encodeURIComponent(method)}`),
    /** What an app gets for a subscription. */
    subscription: async (shortUuid: string, headers: Readonly<Record<string, string>> = {}) => {
      const agent = { "user-agent": "Happ/3.1", accept: "*/*" };
      return fetch(`${url}/api/sub/${shortUuid}`, {
        headers: { ...proxyHeaders, ...agent, ...headers },
      });
    },
  };
}

export type Options = Partial<Omit<RemnawaveEmulatorOptions, "port" | "token">>;

/** A panel on a free port that ends with the test. Its clock stands until it is put forward. */
export async function startRemnawave(options: Options = {}) {
  const emulator = await startRemnawaveEmulator({
    port: 0,
    token,
    webhookSecret: secret,
    now: () => startMs,
    ...options,
  });
  return { ...clientOf(emulator.url), close: closeAfterTest(emulator) };
}

export type Remnawave = Awaited<ReturnType<typeof startRemnawave>>;

/** The remarks that a base64 subscription shows. */
export async function remarksOf(answer: Response): Promise<string[]> {
  const links = Buffer.from(await answer.text(), "base64")
    .toString("utf8")
    .split("\n");
  return links.map((link) => decodeURIComponent(link.slice(link.indexOf("#") + 1)));
}

export interface Received {
  readonly raw: string;
  readonly body: { readonly event: string; readonly data: Record<string, unknown> };
  readonly headers: IncomingHttpHeaders;
}

/** A shop that records its webhooks and answers with these statuses in turn, then with 200. */
export async function startShop(statuses: readonly number[] = []) {
  const left = [...statuses];
  const received: Received[] = [];
  const url = await startReceiver(async (request, response) => {
    const raw = await text(request);
    received.push({ raw, body: JSON.parse(raw) as Received["body"], headers: request.headers });
    response.writeHead(left.shift() ?? 200).end();
  });
  return { url, received, events: () => received.map(({ body }) => body.event) };
}
