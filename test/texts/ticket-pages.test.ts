import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ticketMessage } from "../../activities/messaging/ticket-texts.ts";
import { ticketPage, ticketsPage } from "../../bot/commands/messaging/ticket-pages.ts";
import type { BotContext } from "../../bot/context.ts";
import { telegramId } from "../../domain/ids.ts";
import { piecesOf } from "../../domain/messaging/ticket-messages.ts";
import { fitTicketText, ticketStates } from "../../domain/messaging/ticket.ts";
import { displayName, type Language } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";
import { anyLanguage, anyMoment, anyName } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const reader = useReader();
const contextIn = (language: Language) => ({ language, texts: textsIn(language) }) as BotContext;
const longest = telegramId(2 ** 52 - 1);
const anyText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 4_096, size: "max" });
const anyState = fc.constantFrom(...ticketStates);

test("the list of open questions fits a message with its buttons, whoever asks", () =>
  fc.assert(
    fc.asyncProperty(anyName, anyMoment, anyLanguage, async (drawn, since, language) => {
      const name = displayName({ firstName: drawn, lastName: drawn });
      const open = Array.from({ length: 30 }, () => {
        return { telegramId: longest, name, state: "open" as const, since };
      });
      const { text, buttons } = ticketsPage(contextIn(language), open, 1);
      await reader.it.expectAccepted(text, buttons);
      for (const { text: label } of buttons.flat()) {
        expect(Array.from(label).length).toBeLessThanOrEqual(30);
      }
    }),
    { numRuns: 25 },
  ));

test("a conversation's page fits a message, whatever was written, and has the newest of it", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ drawn: anyName, text: anyText, at: anyMoment, state: anyState }),
      anyLanguage,
      async ({ drawn, text, at, state }, language) => {
        const name = displayName({ firstName: drawn });
        const words = { text: fitTicketText(text), file: { media: "photo", id: "x" } } as const;
        const line = { words, at, admin: name, isUndelivered: true };
        const lines = Array.from({ length: 10 }, () => line);
        const newest = { ...line, words: { text: "the newest" } };
        const ticket = { telegramId: longest, name, state, lines: [...lines, newest] };
        const page = ticketPage(contextIn(language), ticket);
        expect(page.text).toContain("the newest");
        await reader.it.expectAccepted(page.text, page.buttons);
      },
    ),
    { numRuns: 25 },
  ));

test("each piece of a relayed message fits, with the names above it and the answer below", () =>
  fc.assert(
    fc.asyncProperty(anyName, anyText, anyLanguage, async (drawn, text, language) => {
      const name = { firstName: drawn, lastName: drawn };
      const username = "a_very_long_username_of_32_chars";
      const person = { ...name, username, telegramId: longest };
      const words = { text: fitTicketText(text) };
      const facts = { person, words, author: undefined, answeredBy: name, isClosed: false };
      for (const part of piecesOf(words).keys()) {
        const place = { language, part, isGroup: false, topic: undefined };
        const shown = ticketMessage(facts as never, place);
        if (shown.kind !== "text") throw new Error(`a text was shown as ${shown.kind}`);
        await reader.it.expectAccepted(shown.html, shown.keyboard);
      }
    }),
    { numRuns: 25 },
  ));
