import { once } from "node:events";
import { appendFileSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Journal } from "../../emulators/kit/journal.ts";
import type { Message, Update } from "../../emulators/telegram/bot-api.ts";
import { endBy, newDataFile, runEmulator } from "./programs.ts";
import { eventually } from "./servers.ts";
import { ask, clientOf, startPoll, startTelegram, token } from "./telegram-client.ts";

const run = (port: number, dataFile?: string) =>
  runEmulator("telegram", { BOT_TOKEN: token, TELEGRAM_EMULATOR_PORT: `${port}` }, dataFile);

test("chats, files, buttons and unconfirmed updates outlive a kill", async () => {
  const dataFile = newDataFile();
  const before = await run(0, dataFile);
  const first = clientOf(before.url);
  await first.person(1).say("/start");
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  await first.call("sendMessage", { chat_id: 1, text: "pick", reply_markup });
  const body = new FormData();
  body.set("chat_id", "1");
  body.set("document", new File(["abc"], "a.conf"));
  await fetch(`${first.url}/bot${token}/sendDocument`, { method: "POST", body });
  await first.call("editMessageText", { chat_id: 1, message_id: 2, text: "edited", reply_markup });
  const { callback_query_id } = await first.person(1).press(2, "a");
  const chat = await first.person(1).chat();
  const updates = await first.updates();
  await endBy("SIGKILL", before);

  const second = clientOf((await run(0, dataFile)).url);
  expect(await second.person(1).chat()).toEqual(chat);
  expect(await second.updates()).toEqual(updates);
  expect(updates).toHaveLength(2);
  const file_id = chat[2]?.document?.file_id ?? "";
  const { result } = await second.call<{ file_path: string }>("getFile", { file_id });
  const places = [`person/1/files/${file_id}`, `file/bot${token}/${result.file_path}`];
  for (const place of places) {
    expect(await (await fetch(`${second.url}/${place}`)).text()).toBe("abc");
  }
  expect(await second.call("answerCallbackQuery", { callback_query_id })).toMatchObject({
    ok: true,
  });
  expect(await second.call("sendMessage", { chat_id: 1, text: "x" })).toMatchObject({
    result: { message_id: 4 },
  });
  await second.person(1).say("new");
  const last = updates.at(-1)?.update_id ?? 0;
  expect(await second.updates({ offset: last + 1 })).toMatchObject([{ update_id: last + 1 }]);
});

test("invoices behind links and subscriptions outlive a restart, and renew after it", async () => {
  const dataFile = newDataFile();
  const before = await startTelegram({ dataFile });
  await before.person(1).say("/start");
  const { result: link } = await before.call<string>("createInvoiceLink", {
    title: "Month",
    description: "VPN",
    payload: "order:1",
    currency: "XTR",
    prices: [{ label: "Month", amount: 9 }],
    subscription_period: 2_592_000,
  });
  const paying = ask<Message>(`${before.person(1).side}/pay`, "POST", { link });
  const query = await eventually(async () => {
    const updates = await before.updates();
    const found = updates.find((update) => update["pre_checkout_query"] !== undefined);
    expect(found).toBeDefined();
    return found;
  });
  const { id } = (query as Update)["pre_checkout_query"] as { id: string };
  await before.call("answerPreCheckoutQuery", { pre_checkout_query_id: id, ok: true });
  const charge = (await paying).successful_payment?.telegram_payment_charge_id;
  await before.close();
  const after = await startTelegram({ dataFile });
  const { side } = after.person(1);
  expect(await ask(`${side}/invoice?link=${encodeURIComponent(link)}`)).toMatchObject({
    title: "Month",
    total_amount: 9,
    subscription_period: 2_592_000,
  });
  const renew = { telegram_payment_charge_id: charge, act: "renew" };
  expect(await ask(`${side}/subscriptions`, "POST", renew)).toMatchObject({ id: charge });
  // What the payer's app says of it is not the bot's to read.
  expect((await after.person(1).chat()).at(-1)).toMatchObject({ invoice_name: "Month" });
  expect(JSON.stringify(await after.updates())).not.toContain("invoice_name");
  expect(
    (await after.person(1).chat()).filter((message) => message.successful_payment),
  ).toHaveLength(2);
});

test("a webhook is called again after a restart", async () => {
  const dataFile = newDataFile();
  const before = await startTelegram({ dataFile });
  await before.call("setWebhook", { url: "http://127.0.0.1:9/hook", secret_token: "s" });
  await before.person(1).say("/start");
  await before.close();
  const after = await startTelegram({ dataFile });
  expect(await after.call("getWebhookInfo")).toMatchObject({
    result: { url: "http://127.0.0.1:9/hook", pending_update_count: 1 },
  });
});

test("it closes cleanly during a poll, and keeps all messages", async () => {
  const dataFile = newDataFile();
  const { call, person, close, url } = await startTelegram({ dataFile });
  await person(1).say("/start");
  await call("getUpdates", { offset: 1_000_000_000 });
  const { answer } = await startPoll(url);
  await close();
  await answer.catch(() => undefined);
  expect(new Journal(dataFile).table<Message>("chat/1").size).toBe(1);
});

test("SIGTERM ends it although somebody is polling and listening", async () => {
  const dataFile = newDataFile();
  const program = await run(0, dataFile);
  expect(program.firstLine).toMatch(/^telegram emulator ready on http:\/\/127\.0\.0\.1:\d+$/u);
  const { person, url } = clientOf(program.url);
  await fetch(`${person(1).side}/chat/events`);
  await startPoll(url);
  expect(await endBy("SIGTERM", program)).toBe(0);
});

test("a taken port is one clear line, and the chats of whoever has it stay whole", async () => {
  const dataFile = newDataFile();
  const { url, person } = await startTelegram({ dataFile });
  await person(1).say("/start");
  const port = Number(new URL(url).port);
  const { process: child, firstLine } = await run(port, dataFile);
  expect(firstLine).toBe(
    `telegram emulator: port ${port} is taken: stop what listens there or set TELEGRAM_EMULATOR_PORT`,
  );
  const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
  expect(code).toBe(1);
  await person(1).say("still here");
  expect(new Journal(dataFile).table<Message>("chat/1").size).toBe(2);
});

const row = fc.record({
  table: fc.constantFrom("a", "b"),
  key: fc.integer({ min: 1, max: 4 }),
  value: fc.option(fc.jsonValue().filter((value) => value !== null)),
  flushed: fc.boolean(),
});

/** As JSON, which knows no -0. */
const rowsOf = (journal: Journal): string =>
  JSON.stringify(["a", "b"].map((name) => [...journal.table(name).entries()]));

test("a journal holds what was flushed, whatever was set, deleted or cut off after it", () => {
  const first = newDataFile();
  let files = 0;
  fc.assert(
    fc.property(fc.array(row), fc.string(), (changes, torn) => {
      const path = `${first}.${(files += 1)}`;
      const journal = new Journal(path);
      let stored = rowsOf(journal);
      for (const { table, key, value, flushed } of changes) {
        if (value === null) journal.table(table).delete(key);
        else journal.table(table).set(key, value);
        if (!flushed) continue;
        journal.flush();
        stored = rowsOf(journal);
      }
      appendFileSync(path, JSON.stringify(torn).replaceAll("\n", ""));
      expect(rowsOf(new Journal(path))).toBe(stored);
      expect(rowsOf(new Journal(path))).toBe(stored);
    }),
    { numRuns: 50 },
  );
});

test("a file that is not a journal is left alone", () => {
  const path = newDataFile();
  writeFileSync(path, "something else\n");
  expect(() => new Journal(path)).toThrow(":1 is damaged: move the file away");
});
