import { startXuiEmulator } from "../../emulators/x-ui/emulator.ts";
import type { XuiEmulatorOptions } from "../../emulators/x-ui/options.ts";
import type { RecordedCall } from "../../emulators/x-ui/recorded-call.ts";
import type { Switches } from "../../emulators/x-ui/state.ts";
import { closeAfterTest } from "./servers.ts";

export const token = "testXuiToken000000000000000000000000000000000000";
/** When the clock of the tests begins: a whole second, two before a review. */
export const startMs = Date.parse("2026-11-20T12:00:03.000Z");
export const dayMs = 86_400_000;

export interface Answer<Obj = Record<string, unknown>> {
  readonly status: number;
  readonly success: boolean;
  readonly msg: string;
  readonly obj: Obj;
}

export interface Found {
  readonly client: Readonly<Record<string, unknown>>;
  readonly inboundIds: readonly number[];
  readonly usedTraffic: number;
}

interface Node {
  readonly state: string;
  readonly lets_in: readonly { readonly email: string; readonly inboundId: number }[];
  readonly needs_restart: boolean;
}

/** The API's side and the tests' side of a running panel. */
export function clientOf(url: string) {
  const api = async <Obj = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Obj>> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/panel/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...sent,
    });
    const raw = await answer.text();
    const parsed = raw === "" ? {} : (JSON.parse(raw) as object);
    return { status: answer.status, ...parsed } as Answer<Obj>;
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
    /** `email inboundId` of those whom the core lets in. */
    letIn: async () =>
      (await node()).lets_in.map(({ email, inboundId }) => `${email} ${inboundId}`).toSorted(),
    /** A client on the first inbound, unless told otherwise. */
    add: (email: string, fields: object = {}, inboundIds: readonly number[] = [1]) =>
      api("POST", "/clients/add", {
        client: { email, subId: `sub-${email}`, ...fields },
        inboundIds,
      }),
    update: (email: string, fields: object) => api("POST", `/clients/update/${email}`, fields),
    find: async (email: string) => (await api<Found>("GET", `/clients/get/${email}`)).obj,
    get: async (email: string) => (await api<Found>("GET", `/clients/get/${email}`)).obj.client,
    usage: async (email: string) => (await api("GET", `/clients/traffic/${email}`)).obj,
    advance: (seconds: number) => control("clock", { advance_ms: Math.round(seconds * 1_000) }),
    traffic: (email: string, down: number, up = 0) => control("traffic", { email, up, down }),
    switches: (wanted: Partial<Switches>) => control("switches", wanted, "PUT"),
    fault: (fault: object) => control("faults", fault),
    calls: (method: string) =>
      control<RecordedCall[]>(`calls?method=${encodeURIComponent(method)}`),
    /** What an app gets, on the port of subscriptions. */
    subscription: async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const { subscription_url: base } = await control<{ subscription_url: string }>("info");
      return fetch(`${base}${path}`, { headers: { accept: "*/*", ...headers } });
    },
  };
}

export type Options = Partial<Omit<XuiEmulatorOptions, "port" | "token">>;

/** A panel on free ports that ends with the test. Its clock stands until it is put forward. */
export async function startXui(options: Options = {}) {
  const emulator = await startXuiEmulator({
    port: 0,
    subscriptionPort: 0,
    token,
    now: () => startMs,
    ...options,
  });
  return { ...clientOf(emulator.url), close: closeAfterTest(emulator) };
}
