/** The timeout of one call of the Bot API. */
export const callTimeoutMs = 10_000;

/**
 * Options of a call that ends after `ms` or with `ended`. telegraf's types know an
 * older AbortSignal.
 */
export const timeoutOptions = (ms: number, ended?: AbortSignal) => {
  const late = AbortSignal.timeout(ms);
  return { signal: (ended ? AbortSignal.any([ended, late]) : late) as never };
};
