import { expect, inject, onTestFinished, test } from "vitest";
import { poll } from "../../../bot/updates/poll.ts";
import { eventually } from "../../support/eventually.ts";
import { wordsOf } from "../../support/person.ts";
import { adminId, useStage } from "../../support/stage.ts";
import { breakTelegram } from "../../support/telegram-faults.ts";
import { gateTo, makeBot } from "../lone-bot.ts";

const stage = useStage();

const questions = async (person: { heard(): Promise<string[]> }) =>
  (await person.heard()).filter((text) => text.includes("Press the"));

/** What the books have written to a person with the first question. */
const rowsOf = (id: number) =>
  stage.rows<{ state: string; message_id: string | null }>(
    `select state, message_id from messages where telegram_id = ? and content -> 'notice' ->> 'kind' = 'captchaAsked'`,
    [id],
  );

test("whoever is taken for a stranger and is an admin sees the question turn into their welcome", async () => {
  const boss = stage.person(adminId);
  await boss.say("/start");
  await boss.hears(/You are an administrator/u);
  expect(await boss.heard()).toHaveLength(1);
});

test("a stranger is asked while Temporal is away, once, and their answer leads on when it is back", async () => {
  const gate = await gateTo(inject("temporal").address, stage.namespace);
  const lone = await makeBot(stage, { client: gate.client });
  const intake = poll(lone.bot, lone.log);
  onTestFinished(() => intake.stop());
  const eve = lone.person(700_001);
  gate.shut();
  await eve.say("/start");
  const { messageId } = await eve.button(/^captcha:1:/u);
  await eventually(() => {
    const tries = lone.lines.filter((line) => line.includes("an update waits"));
    expect(tries.length).toBeGreaterThan(2);
  });
  expect(await questions(eve)).toHaveLength(1);
  expect(await rowsOf(eve.id)).toEqual([]);
  gate.open();
  await eventually(async () =>
    expect(await rowsOf(eve.id)).toEqual([{ state: "sent", message_id: String(messageId) }]),
  );
  await eve.answersCaptcha();
  await eventually(async () => {
    const signup = stage.client.workflow.getHandle(`signup:${eve.id}`);
    expect(JSON.stringify((await signup.describe()).searchAttributes)).toContain("approval");
  });
  expect(await questions(eve)).toHaveLength(1);
});

test("a question that Telegram does not take from the bot is asked by the signup", async () => {
  const eve = stage.person();
  const fault = { kind: "502", method: "sendMessage", chat_id: eve.id, times: 1 } as const;
  await breakTelegram(stage, fault);
  await eve.say("/start");
  await eve.answersCaptcha();
  await eve.hears(/(?:sent to|waiting for) an administrator/u);
  expect(await rowsOf(eve.id)).toMatchObject([{ state: "sent" }]);
});

test("every copy of the first question says that it was answered", async () => {
  const eve = stage.person();
  await eve.say("/start");
  await eve.button(/^captcha:1:/u);
  await eve.say("/start");
  await eventually(async () => expect(await questions(eve)).toHaveLength(2));
  await eventually(async () => expect(await rowsOf(eve.id)).toHaveLength(2));
  await eve.answersCaptcha();
  await eventually(async () => expect(await questions(eve)).toEqual([]));
  const changed = (await eve.chat()).filter((message) => wordsOf(message).startsWith("✅"));
  expect(changed).toHaveLength(2);
});
