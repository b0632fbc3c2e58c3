import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterEvent,
  awaitsReply,
  type ChatEvent,
  newChat,
  paidInvoices,
  unreadCount,
} from "../../web/demo/chat-state.ts";
import type { Message } from "../../web/demo/wire.ts";

const message = fc.record({
  message_id: fc.integer({ min: 1, max: 12 }),
  date: fc.constant(1_800_000_000),
  from: fc.record({ id: fc.constant(1), is_bot: fc.boolean(), first_name: fc.constant("Bob") }),
  text: fc.string({ maxLength: 4 }),
});
const event: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.record({ kind: fc.constant("message" as const), message }),
  fc.record({ kind: fc.constant("deleted" as const), messageId: fc.integer({ min: 1, max: 12 }) }),
  fc.constantFrom({ kind: "typing" as const }, { kind: "lost" as const }),
);

const after = (events: readonly ChatEvent[]) => events.reduce(afterEvent, newChat);
const written = (id: number, fields: Partial<Message> = {}): Message => ({
  message_id: id,
  date: 1_800_000_000,
  from: { id: 2, is_bot: true, first_name: "Tollgate" },
  ...fields,
});
const person = { id: 5001, is_bot: false, first_name: "Bob" };

test("an event that comes twice shows what it shows when it comes once", () => {
  fc.assert(
    fc.property(fc.array(event), event, (events, last) => {
      expect(after([...events, last, last])).toEqual(after([...events, last]));
    }),
  );
});

test("each message stands once, in the order of their ids, at its newest", () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const expected = new Map<number, Message>();
      for (const one of events) {
        if (one.kind === "message") expected.set(one.message.message_id, one.message);
        if (one.kind === "deleted") expected.delete(one.messageId);
      }
      const ordered = [...expected.values()].toSorted((a, b) => a.message_id - b.message_id);
      expect(after(events).messages ?? []).toEqual(ordered);
    }),
  );
});

test("only the bot's messages after the last one seen are unread", () => {
  const chat = [written(1), written(2, { from: person }), written(3), written(4)];
  expect(unreadCount(chat, 0)).toBe(3);
  expect(unreadCount(chat, 3)).toBe(1);
  expect(unreadCount(chat, 9)).toBe(0);
});

test("the bot waits for a reply until the person has written something", () => {
  const asking = written(2, { reply_markup: { force_reply: true } });
  expect(awaitsReply([written(1), asking])).toBe(asking);
  expect(awaitsReply([asking, written(3)])).toBe(asking);
  expect(awaitsReply([asking, written(3, { from: person })])).toBeUndefined();
  expect(awaitsReply([written(1)])).toBeUndefined();
});

test("an invoice is paid when a receipt quotes it, and by nothing else", () => {
  const invoice = { title: "Month", description: "30 days", total_amount: 250 };
  const bills = [written(2, { invoice }), written(3, { invoice })];
  const moved = { total_amount: 250 };
  const quote = { message_id: 3, invoice };
  const receipt = written(4, { from: person, successful_payment: moved, reply_to_message: quote });
  const question = written(5, { from: person, text: "Why?", reply_to_message: { message_id: 2 } });
  const refund = written(6, { refunded_payment: moved });
  expect([...paidInvoices([...bills, receipt, question, refund])]).toEqual([3]);
  expect([...paidInvoices(bills)]).toEqual([]);
});
