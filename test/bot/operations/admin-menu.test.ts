import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";

import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { actsOn, adminSpeaking, asShown } from "../people.ts";

const app = useTestApp();

test.each(languages)("the menu: figures by period, approvals, search (%s)", async (language) => {
  const texts = textsIn(language);
  const admin = await app.admin();
  await admin.send("/language");
  await admin.pressButton(new RegExp(`^language:${language}$`, "u"));
  await admin.waitForMessage(new RegExp(texts.people.language.changed, "u"));
  const eve = await app.person().become({ first_name: `Eve ${language}` });
  await eve.askForAccess();
  await approveButton(admin, eve);

  await admin.send("/admin");
  await admin.pressButton(/^admin-pending$/u);
  const pending = await admin.waitForMessage(new RegExp(`${eve.id}, `, "u"));
  expect(pending.text).toContain(`Eve ${language}`);
  await admin.press(pending.message_id, "admin");
  await admin.pressButton(/^admin-find$/u);
  await admin.waitForMessage(/\/find/u);
  await admin.press(pending.message_id, "admin");
  const [waiting] = await app.rows<{ count: number }>(
    "select count(*) as count from approvals where state = 'open'",
  );
  const { figures, menu } = texts.operations;
  for (const period of ["month", "week", "today"] as const) {
    await admin.pressButton(new RegExp(`^admin:${period}$`, "u"));
    const turned = await admin.waitForMessage(asShown(figures.title(figures.periods[period])));
    expect(turned.message_id).toBe(pending.message_id);
    expect(turned.text).toContain(figures.waiting(waiting!.count));
    const labels = turned.reply_markup?.inline_keyboard?.flat().map(({ text }) => text);
    expect(labels).toContain(`· ${figures.periods[period]} ·`);
    expect(labels).toContain(menu.counted(menu.requests, waiting!.count));
    expect(labels).toContain(menu.maintenance(false));
  }
  await admin.pressButton(/^admin-pending$/u);
  await admin.waitForMessage(new RegExp(`${eve.id}, `, "u"));
  await admin.press(pending.message_id, await approveButton(admin, eve));
  await eve.waitForMessage(/Your key for/u);
  expect(await actsOn(app, eve)).toMatchObject([{ act: "approve", actor: adminId }]);
  await adminSpeaking(app, "en");
});

const approveButton = async (admin: Person, { id }: Person): Promise<string> =>
  (await admin.button(new RegExp(`^(?:decide|listed):signup:${id}:\\w+:approve$`, "u"))).data;
