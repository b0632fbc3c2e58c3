import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import * as fc from "fast-check";
import type { Update } from "telegraf/types";
import { expect, test } from "vitest";
import { UpdateQueue, type UpdateQueueLimits } from "../../../bot/updates/queue.ts";

const update = (update_id: number, from: number) =>
  ({ update_id, message: { from: { id: from } } }) as unknown as Update;

/** Who sent what, how many turns its handling takes, and how many an answer of Telegram. */
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
      const queue = new UpdateQueue(async ({ update_id: id }) => {
        await turns(sent[id - first]!.turns);
        handled.push(id);
      });
      for (let round = 0; queue.offset < first + all.length; round += 1) {
        const { offset } = queue;
        const unconfirmed = all.filter(({ update_id: id }) => id < offset);
        expect(unconfirmed.every(({ update_id: id }) => handled.includes(id))).toBe(true);
        const given = all.filter(({ update_id: id }) => id >= offset).slice(0, 10);
        await turns(answers[round % answers.length]!);
        queue.take(given, offset);
      }
      expect(handled.toSorted((a, b) => a - b)).toEqual(all.map(({ update_id: id }) => id));
      for (const person of [0, 1, 2, 3]) {
        const own = handled.filter((id) => sent[id - first]!.from === person);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }),
  ));

test("an unhandled update stays unconfirmed, with all that its person sent after it", async () => {
  const handled: number[] = [];
  const queue = new UpdateQueue(async ({ update_id: id }) => {
    if (id === 11) throw new Error("stopped");
    handled.push(id);
  });
  queue.take([update(10, 1), update(11, 1), update(12, 1), update(13, 2)], 0);
  await queue.waitUntilSettled();
  expect(handled.toSorted((a, b) => a - b)).toEqual([10, 13]);
  expect([queue.offset, queue.idle]).toEqual([11, false]);
});

test("Telegram may restart its numbers", async () => {
  const handled: number[] = [];
  const queue = new UpdateQueue(async ({ update_id: id }) => void handled.push(id));
  queue.take([update(900, 1)], 0);
  await queue.waitUntilSettled();
  queue.take([update(5, 1)], queue.offset);
  await queue.waitUntilSettled();
  expect(handled).toEqual([900, 5]);
  expect(queue.offset).toBe(6);
});

/** A queue whose Temporal takes nothing of these people until it is told to. */
function withTrouble(limits: Partial<UpdateQueueLimits> = {}) {
  const handled: number[] = [];
  const setAside: number[] = [];
  const dropped: number[] = [];
  const trouble = { of: new Set<number>() };
  const queue = new UpdateQueue(
    async ({ update_id: id, ...rest }, { signal, late }) => {
      const { from } = (rest as { message: { from: { id: number } } }).message;
      while (trouble.of.has(from.id)) {
        late();
        await delay(5, undefined, { signal });
      }
      handled.push(id);
    },
    ({ update_id: id }, doubt) => void (doubt === "droppedToo" ? dropped : setAside).push(id),
    { window: 80, setAside: 10, setAsideMs: 60_000, perPerson: 3, ...limits },
  );
  /** One round of the poll loop: Telegram shows a hundred from the offset on. */
  const round = async (all: readonly Update[]) => {
    const { offset } = queue;
    queue.take(all.filter(({ update_id: id }) => id >= offset).slice(0, 100), offset);
    await delay(10);
  };
  return { queue, handled, setAside, dropped, trouble, round };
}

test("an update that is not taken stays unconfirmed while there is room, and then makes room", async () => {
  const { queue, handled, setAside, trouble, round } = withTrouble();
  trouble.of.add(1);
  const all = [update(1, 1)];
  for (let id = 2; id <= 70; id += 1) all.push(update(id, id));
  await round(all);
  await round(all);
  expect([queue.offset, setAside]).toEqual([1, []]);
  for (let id = 71; id <= 400; id += 1) all.push(update(id, id));
  for (let count = 0; count < 8; count += 1) await round(all);
  expect([queue.offset, setAside]).toEqual([401, [1]]);
  expect(handled).toHaveLength(399);
  trouble.of.clear();
  await queue.waitUntilSettled();
  expect(handled).toHaveLength(400);
});

test("what is set aside is bounded in number and time, and its person's next update is handled", async () => {
  const { queue, handled, setAside, trouble, round } = withTrouble({ setAsideMs: 100 });
  for (let from = 1; from <= 120; from += 1) trouble.of.add(from);
  const all = Array.from({ length: 120 }, (_, index) => update(index + 1, index + 1));
  for (let count = 0; count < 5; count += 1) await round(all);
  expect(setAside.length).toBeGreaterThanOrEqual(20);
  expect(queue.offset).toBe(setAside.length + 1);
  await delay(200);
  trouble.of.clear();
  await queue.waitUntilSettled();
  expect(handled.toSorted((a, b) => a - b)).toEqual(
    all.slice(setAside.length).map((one) => one.update_id),
  );
  await round([...all, update(121, 1)]);
  expect(handled).toContain(121);
});

test("a person who keeps writing while nothing is taken does not fill the window", async () => {
  const { queue, handled, setAside, dropped, trouble, round } = withTrouble();
  trouble.of.add(1);
  const all = [update(1, 1)];
  await round(all);
  for (let id = 2; id <= 300; id += 1) all.push(update(id, 1));
  all.push(update(301, 2));
  for (let count = 0; count < 8; count += 1) await round(all);
  expect(handled).toEqual([301]);
  // The first dropped one is reported to its person, and so are those that are set aside.
  expect(setAside.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  expect(dropped).toHaveLength(296);
  trouble.of.clear();
  await queue.waitUntilSettled();
  expect(handled).toEqual([301, 1, 2, 3]);
});
