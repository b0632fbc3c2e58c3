import { applyCallFault } from "../kit/api-faults.ts";
import type { Routes } from "../kit/app.ts";
import type { Calls, CallOutcome } from "../kit/calls.ts";
import { HttpError, type Reply, readText, type Request } from "../kit/http.ts";
import type { VirtualClock } from "../kit/virtual-clock.ts";
import type { Faults } from "./faults.ts";
import { findJsonError, parseJson } from "./json.ts";
import { Crash, Refusal, unauthorized, unprocessable } from "./refusal.ts";
import { type Found, findRoute, type Route } from "./routing.ts";

/** A call that was answered, and whom it was about. */
export interface RecordedCall extends CallOutcome {
  readonly status: number;
  readonly username?: string | undefined;
}

/** What the API needs of a panel. */
export interface ApiParts {
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly calls: Calls<RecordedCall>;
  readonly clock: VirtualClock;
  readonly save: () => void;
  /** The name of the user that a path is about. */
  readonly usernameOf: (params: Readonly<Record<string, string>>) => string | undefined;
}

interface Sent extends Found {
  readonly request: Request;
  readonly body: unknown;
  /** Where the body stops being JSON. */
  readonly brokenAt?: number | undefined;
  readonly username: string | undefined;
}

const asText = (status: number, text: string): Reply => ({
  status,
  body: Buffer.from(text),
  headers: { "content-type": "text/plain; charset=utf-8" },
});

const asProxy = (status: number, title: string): Reply => ({
  status,
  body: `<html><h1>${status} ${title}</h1></html>`,
});

const crashed = (): Reply => asText(500, "Internal Server Error");

const refused = ({ status, detail, headers }: Refusal): Reply => ({
  status,
  body: status === 307 ? undefined : { detail },
  headers,
});

/** The panel's API and its subscriptions: runs what is due, applies faults, records the calls. */
export class ApiRoutes implements Routes {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  async serve(request: Request): Promise<Reply | undefined> {
    this.#parts.clock.passTime();
    let sent: Sent;
    try {
      sent = await this.#read(request);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      if (error instanceof HttpError) return asProxy(error.status, "Request Entity Too Large");
      throw error;
    }
    return this.#answer(sent);
  }

  async #read(request: Request): Promise<Sent> {
    const { faults: _faults, routes, usernameOf } = this.#parts;
    const found = findRoute(routes, request);
    const { body, brokenAt } = await readSent(request, found.route.takes);
    const named = (body as { username?: unknown } | undefined)?.username;
    const username = usernameOf(found.params) ?? (typeof named === "string" ? named : undefined);
    return { ...found, request, body, brokenAt, username };
  }

  async #perform(sent: Sent): Promise<Reply> {
    const reply = await this.#handle(sent);
    this.#record(sent, reply.status);
    return reply;
  }

  async #handle({ route, params, request, body, brokenAt }: Sent): Promise<Reply> {
    const tasks: (() => void)[] = [];
    try {
      if (brokenAt !== undefined) throw unprocessable({ [brokenAt]: "JSON decode error" });
      const after = (task: () => void) => void tasks.push(task);
      const reply = await route.handle({ request, params, body, after });
      for (const task of tasks) task();
      return reply;
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      if (error instanceof Crash) return crashed();
      throw error;
    }
  }

  async #answer(sent: Sent): Promise<Reply | undefined> {
    const { request, route, username } = sent;
    const { faults, save } = this.#parts;
    const perform = () => this.#perform(sent);
    const fault = faults.forCall(nameOf(route), { username });
    if (fault === undefined) return perform();
    const reply =
      fault.kind === "403"
        ? asProxy(403, "Forbidden")
        : await applyCallFault(
            { ...fault, kind: fault.kind },
            { request, perform, save, errorReply },
          );
    if (!/after-success|slow/u.test(fault.kind)) this.#record(sent, reply?.status ?? 0);
    return reply;
  }

  #record({ route, username }: Sent, status: number): void {
    const ok = status >= 200 && status < 400;
    const error = ok ? undefined : status === 0 ? "dropped" : String(status);
    const time = this.#parts.clock.now();
    this.#parts.calls.record({ method: nameOf(route), username, status, time, ok, error });
  }
}

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** A 429 is one of the proxy before the panel, which has no such limit. */
function errorReply(status: 401 | 429 | 500): Reply {
  if (status === 401) return refused(unauthorized("Could not validate credentials"));
  return status === 429 ? asProxy(429, "Too Many Requests") : crashed();
}

async function readSent(
  { raw }: Request,
  takes: Route["takes"],
): Promise<{ body: unknown; brokenAt?: number | undefined }> {
  if (takes === undefined) return { body: undefined };
  const type = raw.headers["content-type"] ?? "";
  const text = await readText(raw);
  if (takes === "form") {
    const isForm = type.startsWith("application/x-www-form-urlencoded");
    return { body: isForm ? Object.fromEntries(new URLSearchParams(text)) : {} };
  }
  if (text === "") return { body: undefined };
  // A body of another type reaches the models as bytes, and they take objects.
  if (!/^(?:$|application\/(?:[\w.-]+\+)?json)/u.test(type)) return { body: text };
  const brokenAt = findJsonError(text);
  if (brokenAt !== undefined) return { body: undefined, brokenAt };
  return { body: parseJson(text) ?? undefined };
}
