import { expect, test } from "vitest";
import { ticketRules } from "../../../domain/messaging/ticket.ts";
import { openMemory } from "../../../runtime/redis.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { makePollingBot } from "../isolated-bot.ts";

const app = useTestApp({ support: {} });

const relay = { relaysSupport: true };
const countKept = async (id: number) => {
  const [row] = await app.rows<{ count: number }>(
    `select count(*)::int as count from ticket_messages m
       join tickets t on t.customer_id = m.customer_id where t.telegram_id = ?`,
    [id],
  );
  return row?.count ?? 0;
};

test("a person may send ten messages a minute, and is told once what was not passed on", async () => {
  const { id } = await app.customer();
  const memory = openMemory();
  const increment: typeof memory.increment = async (key, seconds) =>
    key.startsWith("support:") ? memory.increment("support", seconds) : 0;
  const isolated = await makePollingBot(app, { ...relay, store: { ...memory, increment } });
  const here = isolated.person(id);
  await here.send("/start");
  await here.send("/support");
  await here.waitForMessage(/Type your message/u);
  for (let n = 1; n <= ticketRules.mostPerMinute + 3; n += 1) await here.send(`message ${n}`);
  await here.waitForMessage(/at most/u);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  expect((await here.listTexts()).filter((text) => /at most/u.test(text))).toHaveLength(1);
  await eventually(async () => expect(await countKept(id)).toBe(ticketRules.mostPerMinute));
});

/** A store of its own for each process. */
const forgetful = () => ({ ...openMemory(), increment: async () => 0 });

test("after Redis has lost everything a reply is still for support, and a typed text is not", async () => {
  const { id } = await app.customer();
  const first = await makePollingBot(app, { ...relay, store: forgetful() });
  const before = first.person(id);
  await before.send("/start");
  await before.send("/support");
  const page = await before.waitForMessage(/Type your message/u);
  // Another process with an empty store gets what the person sends next.
  const second = await makePollingBot(app, { ...relay, store: forgetful() });
  const from = { id, is_bot: false, first_name: "Eve" };
  const chat = { id, type: "private", first_name: "Eve" };
  const message = { message_id: 901, date: 1, from, chat, text: "typed" };
  await second.inject({ message });
  const here = second.person(id);
  await eventually(async () => expect(await second.pending()).toBe(0));
  expect(await countKept(id)).toBe(0);
  await second.inject({
    message: { ...message, message_id: 902, text: "replied", reply_to_message: page },
  });
  await eventually(async () => expect(await countKept(id)).toBe(1));
  expect(await here.listTexts()).toEqual([]);
  expect(second.lines.join()).not.toMatch(/replied|typed/u);
});
