/** A webhook's call. */
export interface WebhookRequest {
  readonly url: string;
  /** JSON. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the receiver answered. */
export interface WebhookAnswer {
  readonly response: Response;
  readonly text: string;
}

/** How long a receiver may take to answer, unless a service is known to wait longer. */
const usualWaitMs = 10_000;

/**
 * Posts JSON and follows no redirect. Undefined: nobody answered within `waitMs`,
 * or `stopped` came first.
 */
export async function post(
  { url, body, headers }: WebhookRequest,
  stopped: AbortSignal,
  waitMs = usualWaitMs,
): Promise<WebhookAnswer | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal: AbortSignal.any([stopped, AbortSignal.timeout(waitMs)]),
      redirect: "manual",
    });
    return { response, text: await response.text() };
  } catch {
    return undefined;
  }
}
