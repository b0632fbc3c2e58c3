import { expect, test } from "vitest";
import { captchaRules } from "../../domain/people/captcha.ts";
import { arrive } from "../support/arrival.ts";
import { eventually } from "../support/eventually.ts";
import { wordsOf } from "../support/person.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

test("a person goes from Start to a key when an admin approves", async () => {
  const admin = await stage.admin();
  const bob = await stage.person().is({ first_name: "Bob", last_name: "Bobson" });
  await bob.asksForAccess();
  const asked = await admin.hears(new RegExp(`New request[^]*${bob.id}`, "u"));
  expect(wordsOf(asked)).toContain("Bob Bobson");

  await admin.presses(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await bob.hears(/How to connect/u);

  const heard = await bob.heard();
  expect(heard.slice(-5).map((text) => text.slice(0, 12))).toEqual([
    expect.stringContaining("🕓"),
    expect.stringContaining("🎉"),
    expect.stringContaining("🔐"),
    expect.stringContaining("📱"),
    expect.stringContaining("How"),
  ]);
  const [conf, ...more] = await bob.keys();
  expect(more).toEqual([]);
  expect(conf).toMatch(/^\[Interface\]/u);
  const decided = await admin.hears(new RegExp(`${bob.id}[^]*Approved by`, "u"));
  expect(decided.reply_markup).toBeUndefined();
  const signup = stage.client.workflow.getHandle(`signup:${bob.id}`);
  await eventually(async () => expect((await signup.describe()).status.name).toBe("COMPLETED"));
});

test("each wrong answer brings another question after a growing pause, and the third ends it", async () => {
  const eve = stage.person();
  const workflowId = `signup:${eve.id}`;
  await eve.say("/start");
  for (const [index, pauseMs] of captchaRules.pausesMs.entries()) {
    await eve.answersCaptcha(false, index + 1);
    await eve.hears(new RegExp(`comes in ${pauseMs / 1_000} s`, "u"));
    await stage.pass(workflowId, pauseMs);
    await eve.button(new RegExp(`^captcha:${index + 2}:`, "u"));
  }
  await eve.answersCaptcha(false, 3);
  await eve.hears(/your last try/u);
  await eve.say("/start");
  await eventually(async () => {
    const told = (await eve.heard()).filter((text) => text.includes("your last try"));
    expect(told).toHaveLength(2);
  });
  await stage.pass(workflowId, captchaRules.cooldownMs);
  const ended = await stage.client.workflow.getHandle(workflowId).result();
  expect(ended).toEqual({ kind: "captchaFailed" });
  await eve.say("/start");
  await eve.button(/^captcha:1:/u);
});

test("an answer to an older question counts for nothing", async () => {
  const eve = stage.person();
  await eve.say("/start");
  const old = await eve.button(/^captcha:1:/u);
  await eve.answersCaptcha(false, 1);
  await eve.hears(/comes in 10 s/u);
  await stage.pass(`signup:${eve.id}`, captchaRules.pausesMs[0]);
  await eve.button(/^captcha:2:/u);
  await eve.forges(old.messageId, old.data);
  await eve.answersCaptcha(true, 2);
  await eve.hears(/(?:sent to|waiting for) an administrator/u);
});

test("a question nobody answers lapses after a day, and Start asks a new one", async () => {
  const eve = stage.person();
  await arrive(stage, eve);
  const old = await eve.button(/^captcha:1:/u);
  await stage.pass(`signup:${eve.id}`, captchaRules.lapseMs);
  await eve.hears(/expired/u);
  await stage.client.workflow.getHandle(`signup:${eve.id}`).result();
  const late = await eve.press(old.messageId, old.data);
  expect(late.answer).toMatchObject({ text: expect.stringContaining("closed"), show_alert: true });
});

test("a rejected person is told, waits, and may ask again", async () => {
  const admin = await stage.admin();
  const mallory = stage.person();
  await mallory.asksForAccess();
  const old = await admin.button(new RegExp(`^decide:signup:${mallory.id}:\\w+:approve$`, "u"));
  await admin.presses(new RegExp(`^decide:signup:${mallory.id}:\\w+:reject$`, "u"));
  await mallory.hears(/declined your request/u);
  await mallory.say("/start");
  await mallory.hears(/was declined/u);

  await stage.rows(
    "update customers set rejected_at = now() - interval '2 days' where telegram_id = ?",
    [mallory.id],
  );
  await stage.rows(
    "update approvals set decided_at = now() - interval '3 days' where approval_id = ?",
    [`signup:${mallory.id}`],
  );
  await mallory.say("/start");
  await mallory.button(/^captcha:1:/u);
  await mallory.answersCaptcha();
  await mallory.hears(/(?:sent to|waiting for) an administrator/u);
  await admin.button(new RegExp(`^decide:signup:${mallory.id}:(?!${old.data.split(":")[3]})`, "u"));

  await admin.forges(old.messageId, old.data);
  const open = await stage.rows<{ state: string }>(
    "select a.state from approvals a where a.approval_id = ? order by asked_at",
    [`signup:${mallory.id}`],
  );
  expect(open.map(({ state }) => state)).toEqual(["rejected", "open"]);
});

test("a customer who writes /start again is welcomed back and gets no second key", async () => {
  const bob = await stage.customer();
  await bob.say("/start");
  await bob.hears(/Welcome back/u);
  expect(await bob.keys()).toHaveLength(1);
});
