import { safeHref } from "./entities.ts";

/** What a link in a chat does. */
export type LinkTarget =
  | { readonly kind: "page"; readonly href: string }
  /** Opens an invoice in Stars. */
  | { readonly kind: "invoice"; readonly link: string }
  /** Writes to the bot, as a link of its own does in Telegram. */
  | { readonly kind: "start"; readonly text: string };

/** Whose chat a link stands in. */
export interface Reader {
  /** As IETF writes it, e.g. "ru"; undefined until it is known. */
  readonly language: string | undefined;
  /** The bot's name in links to it; undefined until it is known. */
  readonly username: string | undefined;
}

/** Undefined for a link that leads nowhere, or whose scheme could run code in this page. */
export function targetOf(link: string, reader: Reader): LinkTarget | undefined {
  const href = safeHref(link);
  if (href === undefined) return undefined;
  const url = new URL(href);
  if (url.hostname === "t.me") {
    if (/^\/(?:\$|invoice\/)/u.test(url.pathname)) return { kind: "invoice", link: href };
    const text = startOf(url, reader.username);
    if (text !== undefined) return { kind: "start", text };
  }
  return { kind: "page", href: withLanguage(url, reader.language).href };
}

function startOf({ pathname, searchParams }: URL, username: string | undefined) {
  if (username === undefined || pathname.toLowerCase() !== `/${username.toLowerCase()}`) {
    return undefined;
  }
  const payload = searchParams.get("start") ?? "";
  return /^[\w-]{1,64}$/u.test(payload) ? `/start ${payload}` : undefined;
}

const thisMachine = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The pages of emulated gateways learn the person's language, as real ones learn it from the
 * person's browser: here one browser is shared by people of different languages.
 */
function withLanguage(url: URL, language: string | undefined): URL {
  if (language === undefined || !thisMachine.has(url.hostname)) return url;
  const named = new URL(url);
  named.searchParams.set("lang", language);
  return named;
}
