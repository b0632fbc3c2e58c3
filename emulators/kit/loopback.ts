/** Webhooks go to this machine alone. @throws Error for any other URL. */
export function loopbackUrl(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const isHttp = /^https?:\/\//u.test(url);
  if (isHttp && ["127.0.0.1", "localhost", "[::1]"].includes(host)) return url;
  throw new Error("the webhook must be an http(s) URL on 127.0.0.1, localhost or [::1]");
}
