import type { Emulator } from "../../emulators/kit/server.ts";
import { closeAfterTest } from "./servers.ts";

/** What a panel, or its controls, answered. */
export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly body: Body;
  /** The body as it came. */
  readonly text: string;
  readonly headers: Headers;
}

/** What is sent with a call. */
export interface Sent {
  /** As JSON. */
  readonly json?: unknown;
  /** As it is, and as JSON by its header. */
  readonly raw?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a server by plain HTTP; a body that is not JSON stays text. */
export async function call<Body = Record<string, unknown>>(
  url: string,
  method: string,
  { json, raw, form, headers }: Sent = {},
): Promise<Answer<Body>> {
  const sent = raw ?? (json === undefined ? undefined : JSON.stringify(json));
  const type: Record<string, string> =
    sent === undefined ? {} : { "content-type": "application/json" };
  const body = form === undefined ? sent : new URLSearchParams(form);
  const init = {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body }),
  };
  const response = await fetch(url, { ...init, redirect: "manual" });
  const content = await response.text();
  const { status, headers: received } = response;
  return { status, body: parsed(content) as Body, text: content, headers: received };
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}

/** When the panels of tests begin: their time passes only as it is told to. */
export const startMs = Date.parse("2026-11-21T09:00:00.500Z");
/** The same in whole seconds. */
export const startS = Math.floor(startMs / 1_000);

/** A user's row as `GET /control/users` shows it. */
export type Row = Readonly<Record<string, unknown>>;

/** The tests' side of a running panel. */
export function controlsOf(emulator: Emulator) {
  const control = async <Body = Record<string, unknown>>(
    method: string,
    path: string,
    json?: unknown,
  ) => (await call<Body>(`${emulator.url}/control/${path}`, method, { json })).body;
  return {
    url: emulator.url,
    close: closeAfterTest(emulator),
    control,
    /** Lets seconds pass, with all jobs that are due. */
    pass: (seconds: number) => control("POST", "clock", { advance_ms: seconds * 1_000 }),
    fault: (fault: object) => control("POST", "faults", fault),
    turn: (switches: object) => control("PUT", "switches", switches),
    traffic: (username: string, bytes: number, recorded = false) =>
      control("POST", "traffic", { username, bytes, recorded }),
    calls: (method: string) =>
      control<{ status: number; username?: string }[]>(
        "GET",
        `calls?method=${encodeURIComponent(method)}`,
      ),
    rows: () => control<Row[]>("GET", "users"),
    /** Whom the node lets in: by the core's name, the inbounds. */
    letsIn: async () => {
      const { lets_in } = await control<{ lets_in: Record<string, object> }>("GET", "node");
      return Object.fromEntries(
        Object.entries(lets_in).map(([name, accounts]) => [name, Object.keys(accounts)]),
      );
    },
  };
}
