import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import type { Update } from "telegraf/types";
import { expect, test } from "vitest";
import { Inbox } from "../../bot/inbox.ts";

const update = (update_id: number, from: number) =>
  ({ update_id, message: { from: { id: from } } }) as unknown as Update;

/** Who sent what, how many turns its handling takes, and how many turns an answer of Telegram's. */
const histories = fc.record({
  sent: fc.array(fc.record({ from: fc.nat(3), turns: fc.nat(6) }), { minLength: 1, maxLength: 40 }),
  answers: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 10 }),
  first: fc.nat(2 ** 31),
});

const turns = async (count: number) => {
  for (let left = count; left > 0; left -= 1) await turn();
};

test("each update is handled once, each person's in order, and none is confirmed before", () =>
  fc.assert(
    fc.asyncProperty(histories, async ({ sent, answers, first }) => {
      const all = sent.map(({ from }, index) => update(first + index, from));
      const handled: number[] = [];
      const inbox = new Inbox(async ({ update_id: id }) => {
        await turns(sent[id - first]!.turns);
        handled.push(id);
      });
      for (let round = 0; inbox.offset < first + all.length; round += 1) {
        const { offset } = inbox;
        const unconfirmed = all.filter(({ update_id: id }) => id < offset);
        expect(unconfirmed.every(({ update_id: id }) => handled.includes(id))).toBe(true);
        const given = all.filter(({ update_id: id }) => id >= offset).slice(0, 10);
        await turns(answers[round % answers.length]!);
        inbox.take(given, offset);
      }
      expect(handled.toSorted((a, b) => a - b)).toEqual(all.map(({ update_id: id }) => id));
      for (const person of [0, 1, 2, 3]) {
        const own = handled.filter((id) => sent[id - first]!.from === person);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }),
  ));

test("what could not be handled stays unconfirmed, with all that its person sent after it", async () => {
  const handled: number[] = [];
  const inbox = new Inbox(async ({ update_id: id }) => {
    if (id === 11) throw new Error("stopped");
    handled.push(id);
  });
  inbox.take([update(10, 1), update(11, 1), update(12, 1), update(13, 2)], 0);
  await inbox.settled();
  expect(handled.toSorted((a, b) => a - b)).toEqual([10, 13]);
  expect([inbox.offset, inbox.idle]).toEqual([11, false]);
});

test("Telegram may begin its numbers anew", async () => {
  const handled: number[] = [];
  const inbox = new Inbox(async ({ update_id: id }) => void handled.push(id));
  inbox.take([update(900, 1)], 0);
  await inbox.settled();
  inbox.take([update(5, 1)], inbox.offset);
  await inbox.settled();
  expect(handled).toEqual([900, 5]);
  expect(inbox.offset).toBe(6);
});
