import "../../../runtime/connecting.ts";
import { circuitBreakerOf } from "../../circuit-breaker.ts";
import type { HostTrouble } from "../../../domain/access/host-report.ts";
import { HostRefused } from "../trouble.ts";
import { describeUnreachable } from "./unreachable.ts";

interface PanelFailureFacts {
  readonly status?: number;
  readonly trouble?: HostTrouble;
}

/** The panel could not be reached, or failed: it may or may not have done what was asked. */
export class PanelFailure extends Error {
  override readonly name = "PanelFailure";
  /** Undefined: there was no whole answer. */
  readonly status: number | undefined;
  readonly trouble: HostTrouble;

  constructor(message: string, { status, trouble = "other" }: PanelFailureFacts = {}) {
    super(message);
    this.status = status;
    this.trouble = trouble;
  }
}

/** One call of a panel's API. */
export interface PanelCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind the panel's URL, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as a form where it is `URLSearchParams`. */
  readonly body?: object;
  /** By default ten seconds. */
  readonly timeoutMs?: number;
}

/** An answer below 500 that the panel itself gave. */
export interface PanelAnswer {
  readonly status: number;
  /** Undefined: the answer was empty. */
  readonly json: unknown;
  readonly date: Date | undefined;
}

const usualTimeoutMs = 10_000;
const breaker = { failures: 5, pauseMs: 5_000 };

/**
 * Calls a panel's API at `url`, each call with a timeout, all behind one circuit breaker. No error
 * contains what was sent or answered, which may be a secret.
 */
export class PanelApi {
  readonly #url: string;
  readonly #withBreaker: ReturnType<typeof circuitBreakerOf>;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/u, "");
    // Above the longest timeout of a single call, which says more.
    this.#withBreaker = circuitBreakerOf("the panel", { timeoutMs: 120_000, breaker });
  }

  /** @throws PanelFailure where nobody answered, or not the panel, or it failed. */
  call(call: PanelCall): Promise<PanelAnswer> {
    return this.#withBreaker(() => this.#send(call));
  }

  async #send(call: PanelCall): Promise<PanelAnswer> {
    const { method, path, query, headers, body, timeoutMs = usualTimeoutMs } = call;
    const asked = `${method} ${path.replaceAll(/[\w-]{20,}/gu, "…")}`;
    const search = new URLSearchParams(
      Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(`${this.#url}${path}${query ? `?${search.toString()}` : ""}`, {
      method,
      headers: { ...(body && !isForm && { "content-type": "application/json" }), ...headers },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
      // A redirect must not carry our key to another server.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => unreachable(asked, error));
    const text = await response.text().catch((error: unknown) => unreachable(asked, error));
    return answerOf(asked, response, text);
  }
}

function answerOf(asked: string, { status, headers }: Response, text: string): PanelAnswer {
  if (status >= 500)
    throw new PanelFailure(`the panel answered HTTP ${status} to ${asked}`, { status });
  if (status >= 300 && status < 400) {
    const words = "the panel's URL leads elsewhere: give the URL behind the redirect";
    throw new HostRefused("url", words);
  }
  const date = new Date(headers.get("date") ?? "");
  const dated = Number.isNaN(date.getTime()) ? undefined : date;
  if (text === "") return { status, json: undefined, date: dated };
  try {
    return { status, json: JSON.parse(text) as unknown, date: dated };
  } catch {
    throw new PanelFailure(
      `something else than the panel answered ${asked} with HTTP ${status}, no JSON`,
      { trouble: "url" },
    );
  }
}

function unreachable(asked: string, error: unknown): never {
  const { trouble, words } = describeUnreachable(error);
  throw new PanelFailure(`the panel does not answer ${asked}: ${words}`, { trouble });
}
