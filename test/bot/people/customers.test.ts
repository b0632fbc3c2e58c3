import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { dayMs, instant } from "../../../domain/time.ts";
import { dayIn, textsIn } from "../../../texts/index.ts";
import { arrive } from "../../drivers/arrival.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import {
  actsOn,
  adminSpeaking,
  asShown,
  cardOf,
  devicesOf,
  forgePress,
  listPeers,
  shown,
} from "../people.ts";

const secondAdminId = 1002;
const app = useTestApp({
  adminIds: [adminId, secondAdminId],
  gateways: starsAnd(memoryGateway()),
  // Messages to customers and back.
  support: {},
});
const now = () => instant(new Date());

async function paidUntilMs({ id }: Person): Promise<number> {
  const [row] = await app.rows<{ until: string }>(
    `select s.paid_until as until from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [id],
  );
  return new Date(row!.until).getTime();
}

/** An answer to an act stands in place of its question, and leads back to the customer. */
async function expectResult(admin: Person, words: RegExp, { id }: Person): Promise<void> {
  const answer = await admin.waitForMessage(words);
  const data = answer.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data);
  expect(data).toEqual([`customer:${id}`, "admin:new"]);
  const questions = (await admin.chat()).filter(({ reply_markup: keys }) =>
    keys?.inline_keyboard?.flat().some((key) => key.callback_data?.startsWith("act:")),
  );
  expect(questions).toEqual([]);
}

test("a customer is found by number, @username or part of the name, and their history is newest first", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  await bob.become({ first_name: "Zebulon", last_name: "Quixote", username: "zebq" });
  await bob.send("/start");
  await bob.waitForMessage(/Devices: \d/u);
  for (const wanted of [`${bob.id}`, "@ZebQ", "lon qui"]) {
    const before = (await admin.chat()).length;
    await admin.send(`/find ${wanted}`);
    await eventually(async () => {
      const [card] = (await admin.chat()).slice(before + 1);
      expect(card?.text).toMatch(/👤 \u2068Zebulon Quixote\u2069 @zebq/u);
    });
    await admin.pressButton(new RegExp(`^history:${bob.id}$`, "u"));
    await admin.waitForMessage(
      /History of \u2068Zebulon Quixote[^]*device added[^]*trial given[^]*approved[^]*asked for access[^]*pressed Start/u,
    );
    await admin.pressButton(new RegExp(`^customer:${bob.id}:here$`, "u"));
  }
  await admin.send("/find nobody at all");
  await admin.waitForMessage(/Nobody found/u);
  await admin.send("/find");
  await admin.waitForMessage(/Send \/find/u);
  await admin.send("/find \u0000\u0007'; --");
  await admin.waitForMessage(/Nobody found/u);
});

test.each(languages)(
  "from the menu one field finds a customer by name, number, payment and charge (%s)",
  async (language) => {
    const admin = await adminSpeaking(app, language);
    const { customer, act } = textsIn(language).people;
    const bob = await app.customer();
    await bob.become({ first_name: `Findable ${language}`, username: `find_${language}` });
    await bob.send("/start");
    const { id, reference } = await new BotCustomer(app, bob).buyByStars();
    const query = "select memo from payments where id = ?";
    const [{ memo } = { memo: "" }] = await app.rows<{ memo: string }>(query, [id]);
    await admin.send("/admin");
    await admin.pressButton(/^admin-find$/u);
    await admin.waitForMessage(asShown(customer.findWhat));
    const plan = language === "en" ? "month" : "month (рус.)";
    const all = [`@find_${language}`, `${bob.id}`, id, id.slice(0, 8), memo, reference];
    for (const wanted of [`findable ${language}`, ...all]) {
      const before = (await admin.chat()).length;
      await admin.send(wanted);
      await eventually(async () => {
        // A notice of the sale may come between the question and the card.
        const card = (await admin.chat())
          .slice(before)
          .find(({ text, from }) => from?.is_bot && text?.includes(shown(customer.plan(plan))));
        expect(card?.text).toContain(`Findable ${language}`);
        const labels = card?.reply_markup?.inline_keyboard?.flat().map(({ text }) => text);
        const wantedLabels = [act.extendOther, act.message, act.block, act.revoke];
        expect(labels).toEqual(expect.arrayContaining(wantedLabels));
      });
    }
    await adminSpeaking(app, "en");
  },
);

test.each(languages)(
  "typed days are given and answered with the new end; an end of access is asked about first (%s)",
  async (language) => {
    const admin = await adminSpeaking(app, language);
    const { act } = textsIn(language).people;
    const bob = await app.customer();
    const before = await paidUntilMs(bob);
    await admin.press(await cardOf(admin, bob), `ask-days:${bob.id}`);
    await admin.waitForMessage(/\?/u);
    await admin.send("a lot");
    await admin.waitForMessage(asShown(act.daysHow(3_660)));
    await admin.send("+45");
    const end45 = dayIn({ language, zone: "UTC" }, instant(before + 45 * dayMs), now());
    await admin.waitForMessage(asShown(act.sureExtend(`Person ${bob.id}`, 45, end45)));
    await admin.pressButton(new RegExp(`^act:extend:${bob.id}:45$`, "u"));
    const end = instant(before + 45 * dayMs);
    const until = dayIn({ language, zone: "UTC" }, end, now());
    const name = `Person ${bob.id}`;
    await expectResult(admin, asShown(act.done(act.effects.extend(name, 45, until))), bob);
    expect(await paidUntilMs(bob)).toBe(before + 45 * dayMs);
    await admin.press(await cardOf(admin, bob), `sure-end:${bob.id}`);
    expect(await devicesOf(app, bob)).toMatchObject([{ revoked: false }]);
    await admin.pressButton(new RegExp(`^act:revoke:${bob.id}$`, "u"));
    await expectResult(admin, asShown(act.done(act.effects.revoke(name))), bob);
    expect(await devicesOf(app, bob)).toMatchObject([{ revoked: true }]);
    await adminSpeaking(app, "en");
  },
);

test("a message to a customer is called so, comes from support, and their reply is then answered", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  await admin.press(await cardOf(admin, bob), `ticket-answer:${bob.id}`);
  await admin.waitForMessage(/Your message to/u);
  await admin.send("Your server moves tonight");
  await bob.waitForMessage(/Your server moves tonight/u);
  await bob.pressButton(/^support-reply$/u);
  await eventually(async () => {
    expect((await bob.chat()).at(-1)?.reply_markup?.force_reply).toBe(true);
  });
  await bob.send("Thank you");
  await admin.waitForMessage(/Thank you/u);
  await admin.press(await cardOf(admin, bob), `ticket-answer:${bob.id}`);
  await admin.waitForMessage(/Your answer to/u);
  const card = await cardOf(admin, bob);
  await admin.press(card, `ticket:${bob.id}`);
});

test("several matches are offered as buttons that open the card", async () => {
  const admin = await app.admin();
  const twins = [app.person(), app.person()];
  for (const one of twins) {
    await one.become({ first_name: "Gemini", last_name: "😀".repeat(30) });
    await arrive(app, one);
  }
  await admin.send("/find gemini");
  await admin.waitForMessage(/Found 2/u);
  await admin.pressButton(new RegExp(`^customer:${twins[1]!.id}$`, "u"));
  await admin.waitForMessage(new RegExp(`👤[^]*Number: ${twins[1]!.id}`, "u"));
});

test("days are added to what is left, once per card, and twice by two cards", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const before = await paidUntilMs(bob);
  const card = await cardOf(admin, bob);
  const data = `act:extend:${bob.id}:30`;
  await admin.press(card, `sure-extend:${bob.id}:30`);
  await admin.button(new RegExp(`^${data}$`, "u"));
  const [first, second] = await Promise.all([admin.press(card, data), admin.press(card, data)]);
  expect(new Set([first.answer?.text, second.answer?.text])).toEqual(
    new Set([textsIn("en").messaging.answer.working, textsIn("en").people.act.alreadyDone]),
  );
  await bob.waitForMessage(/now runs until/u);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 30 * dayMs));
  const until = dayIn({ language: "en", zone: "UTC" }, instant(before + 30 * dayMs), now());
  const given = textsIn("en").people.act.effects.extend(`Person ${bob.id}`, 30, until);
  await expectResult(admin, asShown(given), bob);
  const again = await cardOf(admin, bob);
  await admin.press(again, `sure-extend:${bob.id}:7`);
  await admin.pressButton(new RegExp(`^act:extend:${bob.id}:7$`, "u"));
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 37 * dayMs));
  await admin.send(`/extend ${bob.id} 3`);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 40 * dayMs));
  const extended = (await actsOn(app, bob)).filter(({ act }) => act === "extend");
  expect(extended.map(({ after }) => after.addedDays)).toEqual([30, 7, 3]);
  await admin.press(await cardOf(admin, bob), `history:${bob.id}`);
  const history = await admin.waitForMessage(new RegExp(`History of .*Person ${bob.id}`, "u"));
  const lines = (history.text ?? "").split("\n").filter((line) => /\+(?:30|7|3) days/u.test(line));
  // Each gift once, the newest first, with who gave it; the trial of three days is below them.
  expect(
    lines.map((line) => /\+(\d+) days\u2069\)(, .*Person 1001)?/u.exec(line)?.slice(1)),
  ).toEqual([
    ["3", expect.anything()],
    ["7", expect.anything()],
    ["30", expect.anything()],
    ["3", undefined],
  ]);
  expect(await bob.listKeys()).toHaveLength(1);
});

test("days that cannot be given are refused with the reason, and not logged", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const before = await paidUntilMs(bob);
  for (const wrong of ["", "x", `${bob.id}`, `${bob.id} 0`, `${bob.id} 3661`, `${bob.id} -5`]) {
    const received = (await admin.listTexts()).length;
    await admin.send(`/extend ${wrong}`);
    await eventually(async () =>
      expect((await admin.listTexts())[received]).toMatch(/^Send \/extend/u),
    );
  }
  const card = await cardOf(admin, bob);
  for (const days of ["0", "9999", "1.5", ""]) {
    await forgePress(app, admin, { messageId: card, data: `act:extend:${bob.id}:${days}` });
  }
  expect((await actsOn(app, bob)).filter(({ act }) => act === "extend")).toEqual([]);
  expect(await paidUntilMs(bob)).toBe(before);
});

test("a blocked customer's keys are off the host and only help is left in the bot; unblocked, the same keys work", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const [device] = await devicesOf(app, bob);
  await admin.press(await cardOf(admin, bob), `sure-block:${bob.id}`);
  await admin.pressButton(new RegExp(`^act:block:${bob.id}$`, "u"));
  await expectResult(admin, /✅ .*Person \d+.* is blocked/u, bob);
  await eventually(async () => expect((await listPeers(app)).has(device!.public_key)).toBe(false));
  const blocked = shown(textsIn("en").access.home.blocked);
  const expectAnswer = async (text: string, answer: string) => {
    await bob.send(text);
    await eventually(async () => expect((await bob.listTexts()).at(-1)).toContain(answer));
  };
  await expectAnswer("/devices", blocked);
  await expectAnswer("/support", "Write to");
  await expectAnswer("/start", blocked);
  const { message_id: messageId } = (await bob.chat()).findLast(({ from }) => from?.is_bot)!;
  await forgePress(app, bob, { messageId, data: "devices" });

  const card = await cardOf(admin, bob);
  await admin.press(card, `sure-unblock:${bob.id}`);
  await admin.pressButton(new RegExp(`^act:unblock:${bob.id}$`, "u"));
  await bob.waitForMessage(/access is back/u);
  await expectResult(admin, /✅ .*Person \d+.* is unblocked, and their VPN works until \d/u, bob);
  await eventually(async () =>
    expect((await listPeers(app)).get(device!.public_key)).toBe(device!.address),
  );
  expect(await devicesOf(app, bob)).toEqual([device]);
  expect((await actsOn(app, bob)).slice(-2)).toMatchObject([
    { act: "block", actor: adminId, after: { status: "blocked" } },
    { act: "unblock", before: { status: "blocked" }, after: { status: "active" } },
  ]);
});

test("when two admins give days at once, both count", async () => {
  const admin = await app.admin();
  const deputy = await app.admin(secondAdminId);
  const bob = await app.customer();
  const before = await paidUntilMs(bob);
  const mine = await cardOf(admin, bob);
  const theirs = await cardOf(deputy, bob);
  const data = `act:extend:${bob.id}:7`;
  await admin.press(mine, `sure-extend:${bob.id}:7`);
  await deputy.press(theirs, `sure-extend:${bob.id}:7`);
  for (const one of [admin, deputy]) await one.button(new RegExp(`^${data}$`, "u"));
  await Promise.all([admin.press(mine, data), deputy.press(theirs, data)]);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 14 * dayMs));
});
