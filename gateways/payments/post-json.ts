import "../../runtime/connecting.ts";
import { SlowDown } from "../refused.ts";

/** An answer that was read, whether it accepts or refuses. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A request whose body is JSON. */
export interface JsonRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: string;
}

const callTimeoutMs = 10_000;
const usualPauseMs = 1_000;

/**
 * Posts JSON to `who`, with a timeout of ten seconds.
 * No error contains what was sent, which may be a secret.
 * @throws SlowDown on 429.
 * @throws Error when nobody answered, or the answer is a 5xx or a redirect.
 */
export async function postJson(
  who: string,
  { url, headers = {}, body }: JsonRequest,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    // A redirect must not carry our key to another server.
    redirect: "manual",
    signal: AbortSignal.timeout(callTimeoutMs),
  }).catch((error: unknown) => unreachable(who, error));
  const { status } = response;
  const text = await response.text().catch((error: unknown) => unreachable(who, error));
  if (status === 429) {
    throw new SlowDown(`${who} asks us to wait`, pauseMs(response.headers.get("retry-after")));
  }
  if (status < 200 || status >= 500 || (status >= 300 && status < 400)) {
    throw new Error(`${who} answered with HTTP ${status}`);
  }
  return { status, text };
}

/** The client's own message may contain what was sent, so only the kind of failure is kept. */
function unreachable(who: string, error: unknown): never {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  throw new Error(`${who} could not be reached (${code ?? name})`);
}

function pauseMs(retryAfter: string | null): number {
  const seconds = /^\d{1,6}$/u.test(retryAfter ?? "") ? Number(retryAfter) : 0;
  return seconds > 0 ? seconds * 1_000 : usualPauseMs;
}
