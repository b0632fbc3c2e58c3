import { expect, test } from "vitest";
import type { ChatId } from "../../../domain/ids.ts";
import { useDatabase } from "../../drivers/database.ts";
import { eventually } from "../../drivers/eventually.ts";
import { messageWith, useSending } from "../../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);

interface Call {
  readonly to: ChatId;
  readonly at: number;
}

/** A loop whose calls are recorded as they are made. */
function beginTimed(): Call[] {
  const calls: Call[] = [];
  const { telegram } = sending;
  sending.begin({
    send: (to, message) => {
      calls.push({ to, at: performance.now() });
      return telegram.send(to, message);
    },
    edit: (...of) => telegram.edit(...of),
    editCaption: (...of) => telegram.editCaption(...of),
    remove: (...of) => telegram.remove(...of),
  });
  return calls;
}

/** The most calls in any second; a call is counted just before it is made. */
function mostInASecond(calls: readonly Call[]): number {
  const times = calls.map(({ at }) => at);
  return Math.max(...times.map((at) => times.filter((t) => t >= at && t < at + 990).length));
}

test("no second has more than 25 messages, and no capacity is wasted", async () => {
  const people = await Promise.all(Array.from({ length: 60 }, () => sending.meet()));
  await sending.write(...people.map(({ id }) => messageWith(id, "news")));
  const calls = beginTimed();
  for (const { id } of people) await sending.waitUntilSent(id);
  expect(calls).toHaveLength(60);
  expect(mostInASecond(calls)).toBe(25);
  expect(calls.at(-1)!.at - calls[0]!.at).toBeLessThan(4_500);
});

test("bulk messages leave room for transactional ones in every second", async () => {
  const people = await Promise.all(Array.from({ length: 45 }, () => sending.meet()));
  const late = await sending.meet();
  await sending.write(...people.map(({ id }) => messageWith(id, "news", { isBulk: true })));
  const calls = beginTimed();
  await eventually(() => expect(calls.length).toBeGreaterThan(19));
  const from = performance.now();
  await sending.write(messageWith(late.id, "now"));
  await sending.waitUntilSent(late.id);
  expect(calls.find(({ to }) => to === late.id)!.at - from).toBeLessThan(400);
  for (const { id } of people) await sending.waitUntilSent(id);
  expect(mostInASecond(calls.filter(({ to }) => to !== late.id))).toBe(20);
});
