import type { Telegram } from "telegraf";

/** The timeout of one call of the Bot API. */
export const callTimeoutMs = 10_000;

type CallOptions = NonNullable<Parameters<Telegram["callApi"]>[2]>;

/** Options of a call that ends after `ms` or with `ended`. */
export function timeoutOptions(ms: number, ended?: AbortSignal): CallOptions {
  const late = AbortSignal.timeout(ms);
  const signal = ended ? AbortSignal.any([ended, late]) : late;
  // telegraf's type is that of a package from before Node had signals: its events differ in type,
  // while node-fetch, to which telegraf passes the signal, takes Node's own.
  return { signal: signal as CallOptions["signal"] & AbortSignal };
}
