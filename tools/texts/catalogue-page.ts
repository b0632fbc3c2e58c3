import { type Language, languages } from "../../domain/people/customer.ts";
import { escapeHtml, textsIn } from "../../texts/index.ts";
import {
  type CatalogueEntry,
  longestButton,
  mostCharactersOf,
  type Section,
  sections,
  type ShownButton,
  type ShownMessage,
  visibleText,
} from "./catalogue-entry.ts";
import { pageScript, pageStyle } from "./page-style.ts";

/** The catalogue as one page that needs nothing else: neither a server nor a network. */
export function catalogueHtml(entries: readonly CatalogueEntry[]): string {
  const names = Object.keys(sections) as Section[];
  const parts = names.flatMap((section) => {
    const own = entries.filter((entry) => entry.section === section);
    return own.length === 0 ? [] : [{ section, own }];
  });
  const links = parts.map(
    ({ section, own }) =>
      `<a href="#${section}">${escapeHtml(sections[section])} <small>${own.length}</small></a>`,
  );
  const body = parts.map(({ section, own }) => sectionHtml(section, own));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tollgate: every text</title>
<style>${pageStyle}</style>
<header><h1>Every text</h1><nav>${links.join("")}</nav></header>
<main>${body.join("\n")}</main>
<script>${pageScript}</script>
</html>
`;
}

const sectionHtml = (section: Section, entries: readonly CatalogueEntry[]): string =>
  `<section id="${section}"><h2>${escapeHtml(sections[section])}</h2>
${entries.map(entryHtml).join("\n")}</section>`;

const entryHtml = ({ name, shown }: CatalogueEntry): string =>
  `<article><h3>${escapeHtml(name)}</h3><div class="pair">${languages
    .map((language) => chatHtml(language, shown[language]))
    .join("")}</div></article>`;

const chatHtml = (language: Language, shown: readonly ShownMessage[]): string =>
  `<div class="chat" data-language="${language}" lang="${textsIn(language).locale}">${shown
    .map(messageHtml)
    .join("")}</div>`;

function messageHtml(message: ShownMessage): string {
  const { manner, html, file, buttons } = message;
  const length = Array.from(visibleText(html)).length;
  const isLong = length > mostCharactersOf(message);
  // Only texts of messages are markup: what is shown over the chat is plain.
  const text =
    manner === "message"
      ? html.replaceAll("<blockquote expandable>", "<blockquote>")
      : escapeHtml(html);
  const above = file === undefined ? "" : `<span class="file">${escapeHtml(file)}</span>`;
  const bubble = `<div class="bubble ${manner}">${above}${text}<i class="count${isLong ? " long" : ""}">${length}</i></div>`;
  const rows = buttons.map((row) => `<div class="row">${row.map(buttonHtml).join("")}</div>`);
  return `${bubble}${rows.length === 0 ? "" : `<div class="keyboard">${rows.join("")}</div>`}`;
}

function buttonHtml({ text, isLink }: ShownButton): string {
  const length = Array.from(text).length;
  const classes = [...(length > longestButton ? ["long"] : []), ...(isLink ? ["link"] : [])];
  return `<span class="button ${classes.join(" ")}" title="${length}">${escapeHtml(text)}</span>`;
}
