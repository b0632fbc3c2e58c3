import { type Telegram, TelegramError } from "telegraf";
import "../../runtime/connecting.ts";
import { Refused, SlowDown } from "../refused.ts";

const callTimeoutMs = 15_000;

/**
 * Calls a method of the Bot API, also one that the client's types do not know.
 * @throws TelegramError when Telegram refuses it.
 * @throws Error when nobody answered.
 */
export async function callTelegram(
  telegram: Telegram,
  method: string,
  payload: object,
): Promise<unknown> {
  try {
    return await telegram.callApi(method as never, payload as never, timeoutOptions(callTimeoutMs));
  } catch (error) {
    throw error instanceof TelegramError ? error : outage(error);
  }
}

type CallOptions = NonNullable<Parameters<Telegram["callApi"]>[2]>;

function timeoutOptions(ms: number): CallOptions {
  // telegraf's type is that of a package from before Node had signals: its events differ in type,
  // while node-fetch, to which telegraf passes the signal, takes Node's own.
  return { signal: AbortSignal.timeout(ms) as CallOptions["signal"] & AbortSignal };
}

/**
 * Codes about the call itself. 401 and 404 are about our token: the call is good, and works once
 * the token is fixed.
 */
const aboutTheCall = new Set([400, 403, 413]);

/** What Telegram's refusal means to the caller: a wait, a refusal, or an outage. */
export function refusal({ response, on }: TelegramError): Error {
  const { error_code: code, description, parameters } = response;
  const { method } = on as { method?: string };
  const message = `Telegram ${method}: ${code} ${description}`;
  if (code === 429) return new SlowDown(message, (parameters?.retry_after ?? 1) * 1_000);
  return aboutTheCall.has(code) ? new Refused(message) : new Error(message);
}

/** The client's own errors contain the URL, which holds the token. */
function outage(error: unknown): Error {
  const { code, name } = error as NodeJS.ErrnoException;
  return new Error(`Telegram could not be reached (${code ?? name})`);
}
