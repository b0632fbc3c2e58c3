import { beforeAll, expect, test } from "vitest";
import { Tickets } from "../../../db/messaging/tickets.ts";
import { Customers } from "../../../db/people/customers.ts";
import { TicketQueries } from "../../../db/queries/messaging/tickets.ts";
import { groupId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import type { AdminAnswered, CustomerWrote } from "../../../domain/messaging/ticket.ts";
import { addMs, dayMs, hourMs, type Instant, instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";

const databases = useDatabase();
const now = instant("2026-11-28T10:00:00Z");
const ann = telegramId(1);
const ben = telegramId(2);
const group = groupId(-100_500);
let last = 100;

async function meet(): Promise<TelegramId> {
  const id = telegramId((last += 1));
  await register(id, false);
  return id;
}

const register = (id: TelegramId, admin: boolean) =>
  new Customers(databases.writer.em).register(
    { telegramId: id, firstName: admin ? `Admin ${id}` : `Person ${id}` },
    { role: admin ? "admin" : "customer", referrer: undefined, now },
  );

const rows = <Row>(query: string, values: unknown[] = []) =>
  databases.owner.em.fork().execute<Row[]>(query, values);

const listed = async (to: number) =>
  (
    await rows<{ kind: string; action: string }>(
      "select content ->> 'kind' as kind, action from messages where telegram_id = ? order by id",
      [to],
    )
  ).map(({ kind, action }) => `${action} ${kind}`);

const wrote = (requestId: string, text = "help") => ({ requestId, words: { text } });

const ask = (tickets: Tickets, from: TelegramId, message: CustomerWrote, at: Instant) =>
  tickets.keepEvents(from, [{ kind: "wrote", wrote: message }], at);

const answerIn = (tickets: Tickets, to: TelegramId, answer: AdminAnswered, at: Instant) =>
  tickets.keepEvents(to, [{ kind: "answered", answer }], at);

beforeAll(async () => {
  await register(ann, true);
  await register(ben, true);
});

test("the same message of Telegram is kept and passed on once", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const eve = await meet();
  const before = (await listed(ann)).length;
  await ask(tickets, eve, wrote("m-1"), now);
  await ask(tickets, eve, wrote("m-1"), now);
  const answer = { ...wrote("a-1", "hello"), by: ann };
  await answerIn(tickets, eve, answer, now);
  await answerIn(tickets, eve, answer, now);
  expect((await listed(ann)).slice(before)).toEqual(["send ticketMessage", "edit ticketMessage"]);
  expect(await listed(eve)).toEqual(["send ticketMessage"]);
  const kept =
    "select body from ticket_messages where customer_id = (select customer_id from tickets where telegram_id = ?) order by seq";
  expect(await rows(kept, [eve])).toEqual([{ body: "help" }, { body: "hello" }]);
});

test("what was written meanwhile is kept in its order, and its state is that of the last", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const eve = await meet();
  const after = await tickets.keepEvents(
    eve,
    [
      { kind: "wrote", wrote: wrote("b-1", "one") },
      { kind: "wrote", wrote: wrote("b-1", "one") },
      { kind: "answered", answer: { ...wrote("b-2", "two"), by: ann } },
      { kind: "closed", closing: { requestId: "b-3", by: ann } },
      { kind: "wrote", wrote: wrote("b-4", "three") },
    ],
    now,
  );
  expect(after).toMatchObject({ state: "open", unansweredSince: now });
  expect(await listed(eve)).toEqual(["send ticketMessage", "send notice"]);
  const kept =
    "select body from ticket_messages where customer_id = (select customer_id from tickets where telegram_id = ?) order by seq";
  expect(await rows(kept, [eve])).toEqual([{ body: "one" }, { body: "two" }, { body: "three" }]);
});

test("only admins answer and close, and only people whom the books know are kept", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const eve = await meet();
  const mallory = await meet();
  await ask(tickets, eve, wrote("m-2"), now);
  await answerIn(tickets, eve, { ...wrote("a-2"), by: mallory }, now);
  await tickets.keepEvents(
    eve,
    [{ kind: "closed", closing: { requestId: "c-2", by: mallory } }],
    now,
  );
  expect(await listed(eve)).toEqual([]);
  const stranger = telegramId(99_999);
  await ask(tickets, stranger, wrote("m-3"), now);
  expect(await tickets.keepEvents(stranger, [], now)).toBeUndefined();
});

test("a customer has one conversation, which the next message opens again", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const eve = await meet();
  await ask(tickets, eve, wrote("m-4"), now);
  await tickets.keepEvents(eve, [{ kind: "closed", closing: { requestId: "c-4", by: ann } }], now);
  expect(await tickets.keepEvents(eve, [], now)).toMatchObject({
    state: "closed",
    next: undefined,
  });
  await ask(tickets, eve, wrote("m-5"), now);
  expect(await tickets.keepEvents(eve, [], now)).toMatchObject({ state: "open" });
  const count = "select count(*)::int as count from tickets where telegram_id = ?";
  expect(await rows(count, [eve])).toEqual([{ count: 1 }]);
  const [ticket] = await rows<{ customer_id: string }>(
    "select customer_id from tickets where telegram_id = ?",
    [eve],
  );
  const second = rows(
    `insert into tickets (customer_id, telegram_id, state, opened_at, last_message_at, unanswered_since)
     values (?, ?, 'open', now(), now(), now())`,
    [ticket!.customer_id, eve],
  );
  await expect(second).rejects.toThrow(/duplicate key/u);
});

test("messages of a conversation are only added", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const eve = await meet();
  await ask(tickets, eve, wrote("m-6"), now);
  for (const change of ["update ticket_messages set body = 'x'", "delete from ticket_messages"]) {
    await expect(rows(change)).rejects.toThrow(/insert-only/u);
    await expect(databases.writer.em.fork().execute(change)).rejects.toThrow(/denied|insert-only/u);
  }
});

test("a reminder is written once per day of waiting, and a quiet conversation closes", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const eve = await meet();
  await ask(tickets, eve, wrote("m-7"), now);
  const before = (await listed(ben)).length;
  for (const ms of [11 * hourMs, 12 * hourMs, 13 * hourMs, 37 * hourMs]) {
    await tickets.keepEvents(eve, [], addMs(now, ms));
  }
  expect((await listed(ben)).slice(before)).toEqual(["send ticketReminder", "send ticketReminder"]);
  await answerIn(tickets, eve, { ...wrote("a-7"), by: ben }, addMs(now, dayMs));
  expect(await tickets.keepEvents(eve, [], addMs(now, 4 * dayMs))).toMatchObject({
    state: "closed",
  });
  expect(await listed(eve)).toEqual(["send ticketMessage", "send notice"]);
});

test("in a group a customer has one topic, which is opened again after it was closed", async () => {
  const tickets = new Tickets(databases.writer.em, group);
  const eve = await meet();
  await ask(tickets, eve, wrote("m-8"), now);
  await ask(tickets, eve, wrote("m-9"), now);
  await tickets.keepEvents(eve, [{ kind: "closed", closing: { requestId: "c-8", by: ann } }], now);
  await ask(tickets, eve, wrote("m-10"), now);
  await answerIn(tickets, eve, { ...wrote("a-8"), by: ann, isInTopic: true }, now);
  await answerIn(tickets, eve, { ...wrote("a-9"), by: ann }, now);
  expect(await listed(group)).toEqual([
    "send ticketTopic",
    "send ticketCard",
    "send ticketMessage",
    "send ticketMessage",
    "send ticketTopicState",
    "send ticketTopicState",
    "send ticketMessage",
    "send ticketMessage",
  ]);
});

test("who waits longest comes first in the list, and the answered come last", async () => {
  const tickets = new Tickets(databases.writer.em, undefined);
  const people = [await meet(), await meet(), await meet()] as const;
  const [late, early, done] = people;
  await ask(tickets, late, wrote("m-11"), addMs(now, 2 * hourMs));
  await ask(tickets, early, wrote("m-12"), addMs(now, hourMs));
  await ask(tickets, done, wrote("m-13"), now);
  await answerIn(tickets, done, { ...wrote("a-13"), by: ann }, now);
  const queries = new TicketQueries(databases.reader.em);
  const open = (await queries.listOpen(100)).map((one) => one.telegramId);
  expect(open.filter((id) => people.includes(id))).toEqual([early, late, done]);
  const page = await queries.find(done, 10);
  expect(page).toMatchObject({
    state: "answered",
    lines: [{ admin: undefined }, { admin: "Admin 1" }],
  });
});
