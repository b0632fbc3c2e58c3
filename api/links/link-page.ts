import { createHash } from "node:crypto";
import type { LinkFacts } from "../../db/queries/access/links.ts";
import {
  type LinkApp,
  linkApps,
  linkPlatforms,
  platformOf,
} from "../../domain/access/link-apps.ts";
import type { Language } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { dayIn, escapeHtml, textsIn } from "../../texts/index.ts";

const style = `
:root{color-scheme:light dark;--line:#8884;--accent:#2463eb}
*{box-sizing:border-box}
body{margin:0 auto;max-width:32rem;padding:1.5rem 1rem 3rem;
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}
p{margin:.5rem 0}
details{border:1px solid var(--line);border-radius:.75rem;margin:.75rem 0;padding:0 1rem}
summary{cursor:pointer;font-weight:600;padding:.75rem 0}
details[open]{padding-bottom:1rem}
.go{display:block;width:100%;border:1px solid var(--accent);border-radius:.6rem;
color:var(--accent);background:none;font:inherit;font-weight:600;padding:.7rem 1rem;
margin:.5rem 0;text-align:center;text-decoration:none;cursor:pointer}
.main{background:var(--accent);color:#fff}
.other{border-top:1px solid var(--line);margin-top:1rem;padding-top:.5rem}
.off{border-left:.3rem solid #c60;padding:.25rem .75rem}
code{display:block;user-select:all;border:1px solid var(--line);border-radius:.5rem;padding:.6rem;
font-size:.875rem}
small{opacity:.75}
`;

const hash = createHash("sha256").update(style).digest("base64");

/** Nothing is loaded from anywhere, and no script runs; `<style>` is allowed by what it says. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** A page with this title and body, in the style of all pages of ours. */
export function htmlPage(language: Language, title: string, body: string): string {
  return [
    "<!doctype html>",
    `<html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head>`,
    `<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`,
  ].join("");
}

/** The page of a link, and who reads it. */
export interface LinkPage {
  readonly facts: LinkFacts;
  readonly link: string;
  readonly shop: { readonly name: string; readonly zone: string };
  readonly language: Language;
  readonly userAgent: string;
}

/** What a browser shows of a device's link: the apps of each platform, that of this one open. */
export function linkPage({ facts, link, shop, language, userAgent }: LinkPage): string {
  const { link: words, connect } = textsIn(language).access;
  const own = platformOf(userAgent);
  const sections = linkPlatforms.map((platform) => {
    const [first, ...others] = linkApps[platform];
    const more = others.map((app) => buttons(app, { link, shop: shop.name, language }));
    return [
      `<details${platform === own ? " open" : ""}>`,
      `<summary>${escapeHtml(connect.platforms[platform])}</summary>`,
      buttons(first, { link, shop: shop.name, language, isMain: true }),
      `<div class="other"><small>${escapeHtml(words.otherApps)}</small>${more.join("")}</div>`,
      "</details>",
    ].join("");
  });
  const { paidUntil, isLetIn } = facts;
  const locale = { language, zone: shop.zone };
  const now = instant(new Date());
  const until = isLetIn && paidUntil ? [words.until(dayIn(locale, paidUntil, now))] : [];
  const body = [
    ...until.map((text) => `<p>${escapeHtml(text)}</p>`),
    ...(isLetIn ? [] : [`<p class="off">${escapeHtml(words.off)}</p>`]),
    `<p>${escapeHtml(words.intro)}</p>`,
    ...sections,
    `<details${own === undefined ? " open" : ""}><summary>${escapeHtml(words.byHand)}</summary>`,
    `<p>${escapeHtml(words.byHandHow)}</p><code>${escapeHtml(link)}</code></details>`,
    `<p><small>${escapeHtml(words.keepSecret)}</small></p>`,
  ].join("");
  return htmlPage(language, words.title(facts.deviceName), body);
}

function buttons(
  app: LinkApp,
  to: {
    readonly link: string;
    readonly shop: string;
    readonly language: Language;
    readonly isMain?: true;
  },
): string {
  const { link: words } = textsIn(to.language).access;
  const importLink = app.importLink(to.link, to.shop);
  return [
    `<a class="go" href="${escapeHtml(app.url)}" rel="noreferrer">`,
    `${escapeHtml(words.install(app.name))}</a>`,
    `<a class="go${to.isMain ? " main" : ""}" href="${escapeHtml(importLink)}">`,
    `${escapeHtml(words.add(app.name))}</a>`,
  ].join("");
}

/** What a browser shows of a link that leads nowhere, whatever the reason. */
export function wrongPage(language: Language): string {
  const { link: words } = textsIn(language).access;
  return htmlPage(language, words.wrongTitle, `<p>${escapeHtml(words.wrong)}</p>`);
}

/** A link to a file: opening the page does not use it up, since chats open links for a preview. */
export function filePage(language: Language, state: "open" | "gone" | "unavailable"): string {
  const { link: words } = textsIn(language).access;
  const open = [
    `<p>${escapeHtml(words.fileHow)}</p>`,
    `<form method="post"><button class="go main">${escapeHtml(words.fileGet)}</button></form>`,
  ].join("");
  const why = { gone: words.fileGone, unavailable: words.unavailable };
  const body = state === "open" ? open : `<p>${escapeHtml(why[state])}</p>`;
  return htmlPage(language, words.fileTitle, body);
}
