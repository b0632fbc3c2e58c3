import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { actsOn, adminSpeaking, cardOf, forgePress } from "../people.ts";

const secondAdminId = 1002;
const app = useTestApp({ adminIds: [adminId, secondAdminId] });

const verdict = (text = "") => /(?:Approved|Rejected) by .*$/mu.exec(text)?.[0];

test.each(languages)(
  "a request names the person's language in the reader's (%s)",
  async (language) => {
    const { people } = textsIn(language);
    const admin = await adminSpeaking(app, language);
    const eve = await app.person().become({ language_code: "ru" });
    await eve.askForAccess();
    const request = await admin.waitForMessage(new RegExp(`${eve.id}`, "u"));
    expect(request.text).toMatch(new RegExp(`: ${people.languages.ru}$`, "mu"));
    await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
    await eve.waitForMessage(/Ваш ключ/u);
    await adminSpeaking(app, "en");
  },
);

test("when two admins press at once, one decides, and both see who it was", async () => {
  const admin = await app.admin();
  const deputy = await app.admin(secondAdminId);
  const eve = app.person();
  await eve.askForAccess();
  const wanted = new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u");
  const mine = await admin.button(wanted);
  const theirs = await deputy.button(wanted);
  await Promise.all([
    admin.press(mine.messageId, mine.data.replace(/\w+$/u, "approve")),
    forgePress(app, deputy, { ...theirs, data: theirs.data.replace(/\w+$/u, "reject") }),
  ]);
  const decided = new RegExp(`${eve.id}[^]*(?:Approved|Rejected) by [^]*`, "u");
  const here = await admin.waitForMessage(decided);
  const there = await deputy.waitForMessage(decided);
  expect(verdict(here.text)).toBe(verdict(there.text));
  for (const { reply_markup: keys } of [here, there]) {
    const data = keys?.inline_keyboard?.flat().map((key) => key.callback_data);
    expect(data).toEqual([`customer:${eve.id}`, "admin-pending:new"]);
  }
  expect(await actsOn(app, eve)).toHaveLength(1);
});

test("a page of requests fits a phone, however long their names", async () => {
  const admin = await app.admin();
  const names = { first_name: "👩‍🚀".repeat(12), last_name: "&<>".repeat(21) };
  const waiting = Array.from({ length: 20 }, () => app.person());
  await Promise.all(
    waiting.map(async (one) => {
      await one.become(names);
      await one.askForAccess();
    }),
  );
  for (const { id } of waiting) await admin.button(new RegExp(`^decide:signup:${id}:`, "u"));
  await admin.send("/admin");
  await admin.pressButton(/^admin-pending$/u);
  const page = await admin.waitForMessage(/Waiting: 20/u);
  // Eight requests, and below them: all of them, the decisions, the next page, back.
  expect(page.reply_markup?.inline_keyboard).toHaveLength(8 + 4);
});

test("the card of somebody who waits decides on their request", async () => {
  const admin = await app.admin();
  const eve = app.person();
  await eve.askForAccess();
  await eventually(async () => {
    const open = "select 1 from approvals where approval_id = ? and state = 'open'";
    expect(await app.rows(open, [`signup:${eve.id}`])).toHaveLength(1);
  });
  await cardOf(admin, eve);
  const approve = await admin.button(new RegExp(`^listed:signup:${eve.id}:\\w+:approve$`, "u"));
  await admin.button(new RegExp(`^reject:signup:${eve.id}:\\w+:listed$`, "u"));
  await admin.press(approve.messageId, approve.data);
  await eve.waitForMessage(/Your key for/u);
  const later = await cardOf(admin, eve);
  const card = (await admin.chat()).find(({ message_id: id }) => id === later);
  expect(JSON.stringify(card?.reply_markup)).not.toContain("signup:");
});
