import { expect, inject, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import type { StartPress } from "../../../workflows/contract/people.ts";
import { joinPresses } from "../../../workflows/people/newcomer.ts";
import { eventually } from "../../drivers/eventually.ts";
import { wordsOf } from "../../drivers/person.ts";
import { breakTelegram } from "../../drivers/telegram-faults.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { gateTo, makePollingBot } from "../isolated-bot.ts";

const app = useTestApp();

const questions = async (person: { listTexts(): Promise<string[]> }) =>
  (await person.listTexts()).filter((text) => text.includes("Press the"));

/** The messages with the first question in the database. */
const rowsOf = (id: number) =>
  app.rows<{ state: string; message_id: number | null }>(
    `select state, message_id from messages where telegram_id = ? and content -> 'notice' ->> 'kind' = 'captchaAsked'`,
    [id],
  );

test("an admin who is not in the database yet is welcomed by one message, which was never a question", async () => {
  const admin = app.person(adminId);
  await admin.send("/start");
  await admin.waitForMessage(/You are an administrator/u);
  expect(await admin.listTexts()).toHaveLength(1);
  const calls = (await (await fetch(`${app.emulatorUrl}/control/calls`)).json()) as {
    readonly method: string;
    readonly chat_id?: number;
  }[];
  const methods = calls.filter(({ chat_id: to }) => to === adminId).map(({ method }) => method);
  expect(methods.filter((method) => /^(?:send|edit)/u.test(method))).toEqual(["sendMessage"]);
});

test("who works here is asked nothing, even while neither worker nor Temporal has booked them", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const [admin, support, viewer] = [700_101, 700_102, 700_103].map(telegramId);
  const staff = { admin: [admin!], support: [support!], viewer: [viewer!] };
  const isolated = await makePollingBot(app, { client: gate.client, staff });
  gate.shut();
  for (const id of [admin!, support!, viewer!]) {
    const person = isolated.person(id);
    const waits = () => isolated.lines.filter((line) => line.includes("an update waits")).length;
    const before = waits();
    await person.send("/start");
    // An earlier person's update is tried again as well: this one's has been after two more tries.
    await eventually(() => expect(waits()).toBeGreaterThan(before + 6));
    expect(await questions(person)).toEqual([]);
  }
});

test("a newcomer is asked while Temporal is unreachable, once, and their answer counts when it is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makePollingBot(app, { client: gate.client });
  const eve = isolated.person(700_001);
  gate.shut();
  await eve.send("/start");
  const { messageId } = await eve.button(/^captcha:1:/u);
  await eventually(() => {
    const tries = isolated.lines.filter((line) => line.includes("an update waits"));
    expect(tries.length).toBeGreaterThan(2);
  });
  expect(await questions(eve)).toHaveLength(1);
  expect(await rowsOf(eve.id)).toEqual([]);
  gate.open();
  await eventually(async () =>
    expect(await rowsOf(eve.id)).toEqual([{ state: "sent", message_id: messageId }]),
  );
  await eve.answerCaptcha();
  await eventually(async () => {
    const signup = app.client.workflow.getHandle(`signup:${eve.id}`);
    expect(JSON.stringify((await signup.describe()).searchAttributes)).toContain("approval");
  });
  expect(await questions(eve)).toHaveLength(1);
});

test("a question that Telegram does not take from the bot is sent by the signup", async () => {
  const eve = app.person();
  const fault = { kind: "502", method: "sendMessage", chat_id: eve.id, times: 1 } as const;
  await breakTelegram(app, fault);
  await eve.send("/start");
  await eve.answerCaptcha();
  await eve.waitForMessage(/(?:have|looking at) your request/u);
  expect(await rowsOf(eve.id)).toMatchObject([{ state: "sent" }]);
});

test("every copy of the first question says that it was answered", async () => {
  const eve = app.person();
  await eve.send("/start");
  await eve.button(/^captcha:1:/u);
  await eve.send("/start");
  await eventually(async () => expect(await questions(eve)).toHaveLength(2));
  await eventually(async () => expect(await rowsOf(eve.id)).toHaveLength(2));
  await eve.answerCaptcha();
  await eventually(async () => expect(await questions(eve)).toEqual([]));
  const changed = (await eve.chat()).filter((message) => wordsOf(message).startsWith("🕓"));
  expect(changed).toHaveLength(2);
});

test("presses of Start that come before any is handled keep the questions of all", () => {
  const profile = { telegramId: telegramId(5), firstName: "Eve" };
  const first = { requestId: "a", profile, asked: 1 };
  const second = { requestId: "b", profile };
  const third = { requestId: "c", profile, asked: 3 };
  const last = [first, second, third].reduce<StartPress | undefined>(joinPresses, undefined);
  expect(last).toEqual({ ...third, askedBefore: [1] });
  const fourth = { requestId: "d", profile, asked: 4 };
  expect(joinPresses(last, fourth)).toEqual({ ...fourth, askedBefore: [1, 3] });
});

test("of presses that come before any is handled the first payload counts: it names the inviter", () => {
  const profile = { telegramId: telegramId(5), firstName: "Eve" };
  const first = { requestId: "a", profile, payload: "ref_7" };
  const second = { requestId: "b", profile, payload: "ref_8" };
  const bare = { requestId: "c", profile };
  expect(joinPresses(first, second)).toEqual({ ...second, payload: "ref_7" });
  expect(joinPresses(bare, second)).toEqual(second);
  expect(joinPresses(first, bare)).toEqual({ ...bare, payload: "ref_7" });
});
