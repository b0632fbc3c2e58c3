/**
 * The URL as Telegram keeps it: http is assumed, the host needs a dot;
 * undefined when it is not a link.
 */
export function parseHttpUrl(text: string): string | undefined {
  if (/^(?:tg|ton|tonsite):/iu.test(text)) return text;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol)) return undefined;
  return url.hostname.includes(".") ? url.href : undefined;
}
