import { type Telegram, TelegramError } from "telegraf";
import "../connecting.ts";
import { Refused, SlowDown } from "../refused.ts";

const callTimeoutMs = 15_000;

/**
 * Calls a method of the Bot API, whether or not the client's types know it. Rejects with a
 * `TelegramError` when Telegram said no, with a plain error when nobody answered.
 */
export async function callTelegram(
  telegram: Telegram,
  method: string,
  payload: object,
): Promise<unknown> {
  const signal = AbortSignal.timeout(callTimeoutMs) as never;
  try {
    return await telegram.callApi(method as never, payload as never, { signal });
  } catch (error) {
    throw error instanceof TelegramError ? error : outage(error);
  }
}

/** 401 and 404 are about our token: what was asked is good, and goes through once it is mended. */
const aboutTheCall = new Set([400, 403, 413]);

/** What an answer of Telegram's means to our caller: a wait, a refusal, or an outage. */
export function refusal({ response, on }: TelegramError): Error {
  const { error_code: code, description, parameters } = response;
  const { method } = on as { method?: string };
  const message = `Telegram ${method}: ${code} ${description}`;
  if (code === 429) return new SlowDown(message, (parameters?.retry_after ?? 1) * 1_000);
  return aboutTheCall.has(code) ? new Refused(message) : new Error(message);
}

/** The client's own errors name the URL, which holds the token. */
function outage(error: unknown): Error {
  const { code, name } = error as NodeJS.ErrnoException;
  return new Error(`Telegram could not be reached (${code ?? name})`);
}
