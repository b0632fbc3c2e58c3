import type { Request } from "./http.ts";

/** The languages of the pay pages. */
export type Language = "en" | "ru";

/** A page's parameter that names the language of the person's app, as the demo's page adds it. */
const parameter = "lang";

/** The language that the page's address names. */
export function namedLanguage({ query }: Pick<Request, "query">): Language | undefined {
  const named = query.get(parameter);
  return named === "en" || named === "ru" ? named : undefined;
}

/** The language to show a page in: what its address names, else the browser's, else English. */
export function languageOf(request: Pick<Request, "query" | "raw">): Language {
  const accepted = request.raw.headers["accept-language"] ?? "";
  const first = /\b(en|ru)\b/iu.exec(accepted)?.[1]?.toLowerCase();
  return namedLanguage(request) ?? (first === "ru" ? "ru" : "en");
}

/** A path of the same page with its language, for a form and for what comes after it. */
export function inSameLanguage(path: string, request: Pick<Request, "query">): string {
  const named = namedLanguage(request);
  return named === undefined ? path : `${path}?${parameter}=${named}`;
}
