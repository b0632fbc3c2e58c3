import { expect, test } from "vitest";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { actsOn, forgePress } from "../people.ts";

const secondAdminId = 1002;
const app = useTestApp({ adminIds: [adminId, secondAdminId] });

const verdict = (text = "") => /(?:Approved|Rejected) by .*$/mu.exec(text)?.[0];

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
  expect([here.reply_markup, there.reply_markup]).toEqual([undefined, undefined]);
  expect(await actsOn(app, eve)).toHaveLength(1);
});

test("twenty requests with the longest names fit one page", async () => {
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
  expect(page.reply_markup?.inline_keyboard).toHaveLength(20 + 3);
});
