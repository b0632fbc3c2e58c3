import type { TelegramId } from "../../../domain/ids.ts";
import type { OpenTicket, TicketLine, TicketPage } from "../../../db/queries/messaging/tickets.ts";
import {
  adminMenuButton,
  answerTicketButton,
  closeTicketButton,
  customerButton,
  ticketButton,
} from "../../../domain/messaging/buttons.ts";
import { escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import { ticketsButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import type { Buttons } from "../../request.ts";
import { fitLines, mostCharacters, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";

/** How many messages of a conversation its page shows. */
export const newestShown = 10;

/** What a button's label has room for. */
const mostOfName = 26;

/** The conversations that are not closed, the page `number`, counted from 1. */
export function ticketsPage(
  context: BotContext,
  open: readonly OpenTicket[],
  number: number,
): Page {
  const { tickets } = context.texts.messaging;
  const menu = adminMenuButton.data({});
  if (open.length === 0) return withBack(context, { text: tickets.none, buttons: [] }, menu);
  const entries = open.map(({ telegramId: id, name, state, since }) => {
    const mark = state === "open" ? "🔴" : "⚪️";
    const when = momentIn(context, since);
    const what = state === "open" ? tickets.waits(when) : tickets.answered(when);
    const label = Array.from(name).slice(0, mostOfName).join("");
    return {
      line: `${mark} ${isolated(truncate(name))}, ${what}`,
      buttons: [[{ text: `${mark} ${label}`, data: ticketButton.data({ id }) }]],
    };
  });
  const list = {
    head: tickets.listTitle(open.length),
    entries,
    perPage: 10,
    turnTo: (page: number) => ticketsButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), menu);
}

/** What is left to do below a relayed message once its conversation is closed. */
export const closedButtons = ({ texts: { messaging } }: BotContext, id: TelegramId): Buttons => [
  [{ text: messaging.tickets.answer, data: answerTicketButton.data({ id }) }],
  [{ text: messaging.tickets.card, data: customerButton.data({ id }) }],
];

/** One conversation: its last messages, and what can be done. */
export function ticketPage(context: BotContext, ticket: TicketPage | undefined): Page {
  const { tickets } = context.texts.messaging;
  const list = ticketsButton.data({ page: 1 });
  if (ticket === undefined) {
    return withBack(context, { text: tickets.notFound, buttons: [] }, list);
  }
  const { telegramId: id, name, state, lines } = ticket;
  const head = `${tickets.pageTitle(name, id)}, ${tickets.states[state]}`;
  const written = lines.map((line) => lineOf(context, line));
  const room = mostCharacters - head.length - 1;
  const newest = fitLines(written.toReversed(), room).toReversed();
  const text = [head, "", ...newest].join("\n");
  const answers = may(context, "answerTickets");
  const close = { text: tickets.close, data: closeTicketButton.data({ id, place: "page" }) };
  const buttons = [
    ...(answers ? [[{ text: tickets.answer, data: answerTicketButton.data({ id }) }]] : []),
    [
      { text: tickets.card, data: customerButton.data({ id }) },
      ...(state === "closed" || !answers ? [] : [close]),
    ],
  ];
  return withBack(context, { text, buttons }, list);
}

const mostOfOne = 600;

function lineOf(context: BotContext, line: TicketLine): string {
  const { tickets } = context.texts.messaging;
  const { words, at, admin, isUndelivered, isEdit } = line;
  const who = admin === undefined ? "👤" : tickets.admin(admin);
  const file = words.file === undefined ? [] : [tickets.files[words.file.media]];
  const body = escapeHtml(Array.from(words.text).slice(0, mostOfOne).join(""));
  const isCut = Array.from(words.text).length > mostOfOne;
  const said = [
    ...(isEdit ? ["✏️"] : []),
    ...file,
    ...(body === "" ? [] : [isCut ? `${body}…` : body]),
  ].join(" ");
  const trouble = isUndelivered ? `\n${tickets.notDelivered}` : "";
  return `${who} <i>${momentIn(context, at)}</i>\n${said}${trouble}`;
}
