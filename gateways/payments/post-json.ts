import "../connecting.ts";
import { SlowDown } from "../refused.ts";

/** What was answered, be it yes or no. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Question {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: string;
}

const callTimeoutMs = 10_000;
const usualPauseMs = 1_000;

/**
 * Posts JSON to `who` and waits ten seconds. Throws `SlowDown` on 429, a plain error when nobody answered or the
 * answer is none (5xx, a way to elsewhere). No error holds anything of what was sent: that may be a secret.
 */
export async function postJson(
  who: string,
  { url, headers = {}, body }: Question,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    // A key does not follow to wherever an answer points.
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

/** The client's own words may name what was sent: only the kind of failure is told. */
function unreachable(who: string, error: unknown): never {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  throw new Error(`${who} could not be reached (${code ?? name})`);
}

function pauseMs(retryAfter: string | null): number {
  const seconds = /^\d{1,6}$/u.test(retryAfter ?? "") ? Number(retryAfter) : 0;
  return seconds > 0 ? seconds * 1_000 : usualPauseMs;
}
