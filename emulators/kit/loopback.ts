import { HttpError, type Request } from "./http.ts";

/** Webhooks go to this machine alone. @throws Error for any other URL. */
export function loopbackUrl(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const isHttp = /^https?:\/\//u.test(url);
  if (isHttp && ["127.0.0.1", "localhost", "[::1]"].includes(host)) return url;
  throw new Error("the webhook must be an http(s) URL on 127.0.0.1, localhost or [::1]");
}

const loopbackHosts = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/u;

/**
 * Keeps web pages of others away: a request has to name this machine as its host, and a page that
 * sends one has to come from this machine.
 * @throws HttpError 403 otherwise.
 */
export function requireLoopback({ raw }: Pick<Request, "raw">): void {
  const { host = "", origin } = raw.headers;
  if (!loopbackHosts.test(host)) throw new HttpError(403, "the Host is not this machine");
  if (origin !== undefined && !loopbackHosts.test(origin.replace(/^https?:\/\//u, ""))) {
    throw new HttpError(403, "the Origin is not this machine");
  }
}
