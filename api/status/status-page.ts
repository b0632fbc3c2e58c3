import type { PublicStatus } from "../../db/queries/access/host-status.ts";
import { groupsOf, overallOf, type StatusGroup } from "../../domain/access/host-status.ts";
import type { Language } from "../../domain/people/customer.ts";
import { escapeHtml, momentIn, textsIn } from "../../texts/index.ts";
import { htmlPage } from "../links/link-page.ts";

/** What a group is called. */
export const groupWords = ({ number, place }: StatusGroup, language: Language): string =>
  place === undefined
    ? textsIn(language).access.status.server(number)
    : `${place.flag} ${place.names[language]}`;

interface Reader {
  readonly shop: string;
  readonly zone: string;
  readonly language: Language;
}

/** How the servers are, for a browser. */
export function statusPage({ hosts, checkedAt }: PublicStatus, reader: Reader): string {
  const { language, zone, shop } = reader;
  const { status: words } = textsIn(language).access;
  const groups = groupsOf(hosts);
  const moment = (at: NonNullable<StatusGroup["since"]>) => momentIn({ language, zone }, at);
  const rows = groups.map((group) => {
    const since = group.since === undefined ? "" : `, ${words.since(moment(group.since))}`;
    const text = `${groupWords(group, language)}: ${words.states[group.state]}${since}`;
    const isOff = group.state !== "works" && group.state !== "unknown";
    return `<p${isOff ? ' class="off"' : ""}>${escapeHtml(text)}</p>`;
  });
  const body = [
    `<p>${escapeHtml(words.overall[overallOf(groups)])}</p>`,
    ...rows,
    ...(checkedAt === undefined
      ? []
      : [`<p><small>${escapeHtml(words.checked(moment(checkedAt)))}</small></p>`]),
  ].join("");
  return htmlPage(language, words.title(shop), body);
}
