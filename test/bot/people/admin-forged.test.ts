import * as fc from "fast-check";
import { expect, test } from "vitest";
import { textsIn } from "../../../texts/index.ts";
import { arrive } from "../../drivers/arrival.ts";
import { eventually } from "../../drivers/eventually.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { actsOn, cardOf, forgePress } from "../people.ts";

const secondAdminId = 1002;
const app = useTestApp({ adminIds: [adminId, secondAdminId] });

const drawnIds = fc.oneof(fc.nat(2 ** 31), fc.constantFrom(0, adminId, 2 ** 52, 2 ** 53 + 2));
const hex = fc.stringMatching(/^[0-9a-f]{8}$/u);
const drawnData = fc
  .oneof(
    fc.tuple(drawnIds, hex).map(([id, ask]) => `decide:signup:${id}:${ask}:approve`),
    fc.tuple(drawnIds, fc.nat(99_999)).map(([id, days]) => `act:extend:${id}:${days}`),
    drawnIds.map((id) => `act:block:${id}`),
    drawnIds.map((id) => `act:unblock:${id}`),
    drawnIds.map((id) => `act:revoke:${id}`),
    drawnIds.map((id) => `customer:${id}`),
    drawnIds.map((id) => `sure-block:${id}`),
    fc.constantFrom("admin-pending", "admin-numbers", "admin-find", "device-open:", "captcha:9:x"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  )
  .filter((data) => Buffer.byteLength(data) <= 64);

test("a person who is not an admin decides, sees and changes nothing, whatever they send", async () => {
  const eve = await app.customer();
  const bob = await app.customer();
  const messageId = (await eve.chat()).find(({ from }) => from?.is_bot)!.message_id;
  const log = () => app.rows("select request_id from audit_log order by request_id");
  const before = { log: await log(), received: (await eve.listTexts()).length };
  await fc.assert(
    fc.asyncProperty(drawnData, async (data) => {
      const answer = await forgePress(app, eve, { messageId, data });
      expect(answer?.text ?? "").not.toMatch(/^(?:✅|🚫) /u);
    }),
    {
      numRuns: 40,
      examples: [[`act:block:${bob.id}`], [`act:extend:${eve.id}:30`], [`customer:${bob.id}`]],
    },
  );
  for (const command of ["/admin", `/find ${bob.id}`, `/extend ${eve.id} 30`]) {
    const received = (await eve.listTexts()).length;
    await eve.send(command);
    await eventually(async () =>
      expect((await eve.listTexts())[received]).toBe(textsIn("en").messaging.answer.unknownCommand),
    );
  }
  expect((await eve.listTexts()).slice(before.received)).toHaveLength(3);
  expect(await log()).toEqual(before.log);
});

test("an admin's forged presses break nothing either", async () => {
  const admin = await app.admin();
  await admin.send("/terms");
  const { message_id: messageId } = await admin.waitForMessage(/^Terms/u);
  const failures = () => app.metrics.errors.get();
  const before = (await failures()).values;
  await fc.assert(
    fc.asyncProperty(drawnData, async (data) => {
      expect(await forgePress(app, admin, { messageId, data })).not.toBeNull();
    }),
    {
      numRuns: 40,
      examples: [
        ["customer:0"],
        ["customer:9999999999999999"],
        ["act:block:0"],
        ["history:0"],
        ["decide:signup:0:0123abcd:approve"],
        ["listed:signup:9999999999999999:0123abcd:reject"],
        ["reject:signup:0:0123abcd:listed"],
        ["reject-ask:signup:0:0123abcd"],
      ],
    },
  );
  expect((await failures()).values).toEqual(before);
});

test("no admin can block an admin, themselves included", async () => {
  const admin = await app.admin();
  const deputy = await app.admin(secondAdminId);
  for (const of of [admin, deputy]) {
    const card = await cardOf(admin, of);
    const shown = (await admin.chat()).find(({ message_id: id }) => id === card);
    expect(JSON.stringify(shown?.reply_markup ?? {})).not.toMatch(/block/u);
    for (const data of [`sure-block:${of.id}`, `act:block:${of.id}`, `act:revoke:${of.id}`]) {
      const answer = await forgePress(app, admin, { messageId: card, data });
      expect(answer).toMatchObject({ text: textsIn("en").people.act.onAdmin, show_alert: true });
    }
    expect(await actsOn(app, of)).toEqual([]);
  }
});

test("an act on nobody, or on a person without access, is refused with its reason", async () => {
  const admin = await app.admin();
  const eve = app.person();
  await arrive(app, eve);
  await admin.send("/extend 777777 5");
  await admin.waitForMessage(/There is no such customer/u);
  await admin.send(`/extend ${eve.id} 5`);
  await admin.waitForMessage(/has no subscription yet/u);
  expect(await actsOn(app, eve)).toEqual([]);
});
