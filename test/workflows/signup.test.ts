import { expect, test } from "vitest";
import { captchaRules } from "../../domain/people/captcha.ts";
import { rejectSignup } from "../bot/people.ts";
import { arrive } from "../drivers/arrival.ts";
import { eventually } from "../drivers/eventually.ts";
import { wordsOf } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();

test("a person goes from Start to a key when an admin approves", async () => {
  const admin = await app.admin();
  const bob = await app.person().become({ first_name: "Bob", last_name: "Bobson" });
  await bob.askForAccess();
  const request = await admin.waitForMessage(new RegExp(`New request[^]*${bob.id}`, "u"));
  expect(wordsOf(request)).toContain("Bob Bobson");

  await admin.pressButton(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await bob.waitForMessage(/Your key for/u);

  const texts = await bob.listTexts();
  expect(texts.map((text) => text.slice(0, 12))).toEqual([
    expect.stringContaining("🕓"),
    expect.stringContaining("🎉"),
    expect.stringContaining("🔐"),
  ]);
  const [conf, ...more] = await bob.listKeys();
  expect(more).toEqual([]);
  expect(conf).toMatch(/^\[Interface\]/u);
  const decided = await admin.waitForMessage(new RegExp(`${bob.id}[^]*Approved by`, "u"));
  const left = (decided.reply_markup?.inline_keyboard ?? []).flat();
  expect(left.map((button) => button.callback_data)).toEqual([
    `customer:${bob.id}`,
    "admin-pending:new",
  ]);
  const signup = app.client.workflow.getHandle(`signup:${bob.id}`);
  await eventually(async () => expect((await signup.describe()).status.name).toBe("COMPLETED"));
});

test("each wrong answer brings another question after a growing pause, and the third ends it", async () => {
  const eve = app.person();
  const workflowId = `signup:${eve.id}`;
  await eve.send("/start");
  for (const [index, pauseMs] of captchaRules.pausesMs.entries()) {
    await eve.answerCaptcha(false, index + 1);
    await eve.waitForMessage(new RegExp(`question in ${pauseMs / 1_000} seconds?;`, "u"));
    await app.pass(workflowId, pauseMs);
    await eve.button(new RegExp(`^captcha:${index + 2}:`, "u"));
  }
  await eve.answerCaptcha(false, 3);
  await eve.waitForMessage(/your last try/u);
  await eve.send("/start");
  await eventually(async () => {
    const warnings = (await eve.listTexts()).filter((text) => text.includes("your last try"));
    expect(warnings).toHaveLength(2);
  });
  await app.pass(workflowId, captchaRules.cooldownMs);
  const ended = await app.client.workflow.getHandle(workflowId).result();
  expect(ended).toEqual({ kind: "captchaFailed" });
  await eve.send("/start");
  await eve.button(/^captcha:1:/u);
});

test("an answer to an older question counts for nothing", async () => {
  const eve = app.person();
  await eve.send("/start");
  const old = await eve.button(/^captcha:1:/u);
  await eve.answerCaptcha(false, 1);
  await eve.waitForMessage(/question in 10 seconds/u);
  await app.pass(`signup:${eve.id}`, captchaRules.pausesMs[0]);
  await eve.button(/^captcha:2:/u);
  await eve.forgePress(old.messageId, old.data);
  await eve.answerCaptcha(true, 2);
  await eve.waitForMessage(/(?:have|looking at) your request/u);
});

test("a captcha that is not answered lapses after a day, and Start sends a new one", async () => {
  const eve = app.person();
  await arrive(app, eve);
  const old = await eve.button(/^captcha:1:/u);
  await app.pass(`signup:${eve.id}`, captchaRules.lapseMs);
  await eve.waitForMessage(/expired/u);
  await app.client.workflow.getHandle(`signup:${eve.id}`).result();
  const late = await eve.press(old.messageId, old.data);
  expect(late.answer).toMatchObject({ text: expect.stringContaining("closed"), show_alert: false });
});

test("a rejected person is notified, waits, and may ask again", async () => {
  const admin = await app.admin();
  const mallory = app.person();
  await mallory.askForAccess();
  const old = await admin.button(new RegExp(`^decide:signup:${mallory.id}:\\w+:approve$`, "u"));
  await rejectSignup(admin, mallory);
  await mallory.waitForMessage(/Your request was declined/u);
  await mallory.send("/start");
  await eventually(async () => {
    const refusals = (await mallory.listTexts()).filter((text) => text.includes("was declined"));
    expect(refusals).toHaveLength(2);
  });

  await app.rows(
    "update customers set rejected_at = now() - interval '2 days' where telegram_id = ?",
    [mallory.id],
  );
  await app.rows(
    "update approvals set decided_at = now() - interval '3 days' where approval_id = ?",
    [`signup:${mallory.id}`],
  );
  await mallory.send("/start");
  await mallory.button(/^captcha:1:/u);
  await mallory.answerCaptcha();
  await mallory.waitForMessage(/(?:have|looking at) your request/u);
  await admin.button(new RegExp(`^decide:signup:${mallory.id}:(?!${old.data.split(":")[3]})`, "u"));

  await admin.forgePress(old.messageId, old.data);
  const open = await app.rows<{ state: string }>(
    "select a.state from approvals a where a.approval_id = ? order by asked_at",
    [`signup:${mallory.id}`],
  );
  expect(open.map(({ state }) => state)).toEqual(["rejected", "open"]);
});

test("a customer who writes /start again is welcomed back and gets no second key", async () => {
  const bob = await app.customer();
  await bob.send("/start");
  await bob.waitForMessage(/Devices: \d/u);
  expect(await bob.listKeys()).toHaveLength(1);
});
