import * as fc from "fast-check";
import { expect, test } from "vitest";
import { piecesOf } from "../../../domain/messaging/ticket-messages.ts";
import { fitTicketText, ticketCalendarAt, ticketRules } from "../../../domain/messaging/ticket.ts";
import { addMs, dayMs, hourMs, instant, toMs } from "../../../domain/time.ts";

const asked = instant("2026-11-28T10:00:00Z");
const open = { state: "open", lastMessageAt: asked, unansweredSince: asked } as const;
const answered = { state: "answered", lastMessageAt: asked, unansweredSince: undefined } as const;
const after = (ms: number) => addMs(asked, ms);

const dueAfter = (ms: number): number => ticketCalendarAt(open, after(ms)).reminders;

test("a customer who waits is reminded of after half a day, and then daily", () => {
  expect([0, 12 * hourMs - 1, 12 * hourMs, 36 * hourMs - 1, 36 * hourMs].map(dueAfter)).toEqual([
    0, 0, 1, 1, 2,
  ]);
});

test("an answered conversation is over after three days, one that waits after two weeks", () => {
  expect(ticketCalendarAt(answered, after(3 * dayMs - 1)).isOver).toBe(false);
  expect(ticketCalendarAt(answered, after(3 * dayMs)).isOver).toBe(true);
  expect(ticketCalendarAt(open, after(14 * dayMs - 1)).isOver).toBe(false);
  expect(ticketCalendarAt(open, after(14 * dayMs)).isOver).toBe(true);
});

test("what is due next lies ahead, until the conversation is over or closed", () => {
  const closed = { state: "closed", lastMessageAt: asked, unansweredSince: undefined } as const;
  const property = fc.property(
    fc.constantFrom(open, answered, closed),
    fc.nat(20 * dayMs),
    (facts, ms) => {
      const { next, isOver } = ticketCalendarAt(facts, after(ms));
      expect(next === undefined).toBe(isOver || facts.state === "closed");
      if (next === undefined) return;
      expect(toMs(next)).toBeGreaterThan(toMs(after(ms)));
      expect(toMs(next)).toBeLessThanOrEqual(toMs(after(ticketRules.closeUnansweredAfterMs)));
    },
  );
  fc.assert(property);
});

test("the pieces of a long text are the whole text, and each fits a message with names above it", () => {
  const file = { media: "photo", id: "x" } as const;
  const property = fc.property(
    fc.string({ unit: "binary", maxLength: 4_096, size: "max" }),
    fc.boolean(),
    (drawn, hasFile) => {
      const text = fitTicketText(drawn);
      const pieces = piecesOf(hasFile ? { text, file } : { text });
      expect(pieces.join("")).toBe(text);
      const [first = "", ...rest] = pieces;
      expect(first.length).toBeLessThanOrEqual(hasFile ? 700 : 3_500);
      for (const piece of [first, ...rest]) {
        expect(piece.length).toBeLessThanOrEqual(3_500);
        expect(piece.isWellFormed()).toBe(true);
      }
    },
  );
  fc.assert(property);
});
