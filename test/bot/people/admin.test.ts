import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { dayMs } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import { arrive } from "../../support/arrival.ts";
import { eventually } from "../../support/eventually.ts";
import type { Person } from "../../support/person.ts";
import { adminId, useStage } from "../../support/stage.ts";
import { actsOn, cardOf, devicesOf, forges, letIn } from "../people.ts";

const secondAdminId = 1002;
const stage = useStage({ adminIds: [adminId, secondAdminId] });

async function paidUntilMs({ id }: Person): Promise<number> {
  const [row] = await stage.rows<{ until: string }>(
    `select s.paid_until as until from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [id],
  );
  return new Date(row!.until).getTime();
}

test.each(languages)(
  "the desk: who waits, whom to find, today's numbers (%s)",
  async (language) => {
    const texts = textsIn(language);
    const boss = await stage.admin();
    await boss.say("/language");
    await boss.presses(new RegExp(`^language:${language}$`, "u"));
    await boss.hears(new RegExp(texts.people.language.changed, "u"));
    const eve = await stage.person().is({ first_name: `Eve ${language}` });
    await eve.asksForAccess();
    await approveButton(boss, eve);

    await boss.say("/admin");
    await boss.presses(/^admin-pending$/u);
    const pending = await boss.hears(new RegExp(`${eve.id}, `, "u"));
    expect(pending.text).toContain(`Eve ${language}`);
    await boss.presses(/^admin-find$/u);
    await boss.hears(/\/find/u);
    await boss.presses(/^admin-numbers$/u);
    const numbers = await boss.hears(/📈/u);
    const [waiting] = await stage.rows<{ count: string }>(
      "select count(*) as count from approvals where state = 'open'",
    );
    expect(numbers.text).toMatch(new RegExp(`: ${waiting!.count}\\n`, "u"));
    await boss.press(pending.message_id, await approveButton(boss, eve));
    await eve.hears(/How to connect/u);
    expect(await actsOn(stage, eve)).toMatchObject([{ act: "approve", actor: String(adminId) }]);
    await boss.presses(/^language:en/u);
    await eventually(async () =>
      expect((await boss.heard()).at(-1)).toBe(textsIn("en").people.language.changed),
    );
  },
);

async function approveButton(boss: Person, { id }: Person): Promise<string> {
  return (await boss.button(new RegExp(`^decide:signup:${id}:\\w+:approve$`, "u"))).data;
}

test("a customer is found by number, @username or part of the name, with their story", async () => {
  const boss = await stage.admin();
  const bob = await stage.customer();
  await bob.is({ first_name: "Zebulon", last_name: "Quixote", username: "zebq" });
  await bob.say("/start");
  await bob.hears(/Welcome back/u);
  for (const wanted of [`${bob.id}`, "@ZebQ", "lon qui"]) {
    const before = (await boss.chat()).length;
    await boss.say(`/find ${wanted}`);
    await eventually(async () => {
      const [card] = (await boss.chat()).slice(before + 1);
      expect(card?.text).toMatch(/👤 \u2068Zebulon Quixote\u2069 @zebq/u);
      expect(card?.text).toMatch(
        /Timeline[^]*device added[^]*trial given[^]*approved[^]*asked for access[^]*pressed Start/u,
      );
    });
  }
  await boss.say("/find nobody at all");
  await boss.hears(/Nobody found/u);
  await boss.say("/find");
  await boss.hears(/Send \/find/u);
  await boss.say("/find \u0000\u0007'; --");
  await boss.hears(/Nobody found/u);
});

test("many who fit are offered as buttons that open the card", async () => {
  const boss = await stage.admin();
  const twins = [stage.person(), stage.person()];
  for (const one of twins) {
    await one.is({ first_name: "Gemini", last_name: "😀".repeat(30) });
    await arrive(stage, one);
  }
  await boss.say("/find gemini");
  await boss.hears(/Found 2/u);
  await boss.presses(new RegExp(`^customer:${twins[1]!.id}$`, "u"));
  await boss.hears(new RegExp(`👤[^]*Number: ${twins[1]!.id}`, "u"));
});

test("days are added to what is left, once per card, and twice by two cards", async () => {
  const boss = await stage.admin();
  const bob = await stage.customer();
  const before = await paidUntilMs(bob);
  const card = await cardOf(boss, bob);
  const data = `act:extend:${bob.id}:30`;
  const [first, second] = await Promise.all([boss.press(card, data), boss.press(card, data)]);
  expect(new Set([first.answer?.text, second.answer?.text])).toEqual(
    new Set([textsIn("en").people.approval.taken, textsIn("en").people.act.alreadyDone]),
  );
  await bob.hears(/now runs until/u);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 30 * dayMs));
  await boss.hears(/Done:[^]*extended/u);
  const again = await cardOf(boss, bob);
  await boss.press(again, `act:extend:${bob.id}:7`);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 37 * dayMs));
  await boss.say(`/extend ${bob.id} 3`);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 40 * dayMs));
  const extended = (await actsOn(stage, bob)).filter(({ act }) => act === "extend");
  expect(extended.map(({ after }) => after.addedDays)).toEqual([30, 7, 3]);
  expect(await bob.keys()).toHaveLength(1);
});

test("days that cannot be given are refused in words, and written nowhere", async () => {
  const boss = await stage.admin();
  const bob = await stage.customer();
  const before = await paidUntilMs(bob);
  for (const wrong of ["", "x", `${bob.id}`, `${bob.id} 0`, `${bob.id} 3661`, `${bob.id} -5`]) {
    const heard = (await boss.heard()).length;
    await boss.say(`/extend ${wrong}`);
    await eventually(async () => expect((await boss.heard())[heard]).toMatch(/^Send \/extend/u));
  }
  const card = await cardOf(boss, bob);
  for (const days of ["0", "9999", "1.5", ""]) {
    await forges(stage, boss, { messageId: card, data: `act:extend:${bob.id}:${days}` });
  }
  expect((await actsOn(stage, bob)).filter(({ act }) => act === "extend")).toEqual([]);
  expect(await paidUntilMs(bob)).toBe(before);
});

test("a blocked customer's keys are off the host and the bot is silent; unblocked, the same keys work", async () => {
  const boss = await stage.admin();
  const bob = await stage.customer();
  const [device] = await devicesOf(stage, bob);
  await boss.press(await cardOf(boss, bob), `sure-block:${bob.id}`);
  await boss.presses(new RegExp(`^act:block:${bob.id}$`, "u"));
  await boss.hears(/Done:[^]*blocked/u);
  await eventually(async () => expect((await letIn(stage)).has(device!.public_key)).toBe(false));
  const heard = await bob.heard();
  await bob.say("/devices");
  await bob.say("/start");
  const pressed = await forges(stage, bob, {
    messageId: (await bob.chat()).find(({ from }) => from?.is_bot)!.message_id,
    data: "devices",
  });
  expect(pressed).not.toHaveProperty("text", expect.stringMatching(/./u));
  expect(await bob.heard()).toEqual(heard);

  const card = await cardOf(boss, bob);
  await boss.press(card, `act:unblock:${bob.id}`);
  await bob.hears(/access is back/u);
  await eventually(async () =>
    expect((await letIn(stage)).get(device!.public_key)).toBe(device!.address),
  );
  expect(await devicesOf(stage, bob)).toEqual([device]);
  expect((await actsOn(stage, bob)).slice(-2)).toMatchObject([
    { act: "block", actor: String(adminId), after: { status: "blocked" } },
    { act: "unblock", before: { status: "blocked" }, after: { status: "active" } },
  ]);
});

const verdict = (text = "") => /(?:Approved|Rejected) by .*$/mu.exec(text)?.[0];

test("of two admins who press at once one decides, and both see who it was", async () => {
  const [boss, deputy] = [await stage.admin(), await stage.admin(secondAdminId)];
  const eve = stage.person();
  await eve.asksForAccess();
  const wanted = new RegExp(`^decide:signup:${eve.id}:\\w+:(?:approve|reject)$`, "u");
  const [mine, theirs] = [await boss.button(wanted), await deputy.button(wanted)];
  await Promise.all([
    boss.press(mine.messageId, mine.data.replace(/\w+$/u, "approve")),
    deputy.press(theirs.messageId, theirs.data.replace(/\w+$/u, "reject")),
  ]);
  const decided = new RegExp(`${eve.id}[^]*(?:Approved|Rejected) by [^]*`, "u");
  const [here, there] = [await boss.hears(decided), await deputy.hears(decided)];
  expect(verdict(here.text)).toBe(verdict(there.text));
  expect([here.reply_markup, there.reply_markup]).toEqual([undefined, undefined]);
  expect(await actsOn(stage, eve)).toHaveLength(1);
});

test("two admins who give days at once both count", async () => {
  const [boss, deputy] = [await stage.admin(), await stage.admin(secondAdminId)];
  const bob = await stage.customer();
  const before = await paidUntilMs(bob);
  const [mine, theirs] = [await cardOf(boss, bob), await cardOf(deputy, bob)];
  const data = `act:extend:${bob.id}:7`;
  await Promise.all([boss.press(mine, data), deputy.press(theirs, data)]);
  await eventually(async () => expect(await paidUntilMs(bob)).toBe(before + 14 * dayMs));
});

test("twenty who wait under the longest names fit one page", async () => {
  const boss = await stage.admin();
  const names = { first_name: "👩‍🚀".repeat(12), last_name: "&<>".repeat(21) };
  const waiting = Array.from({ length: 20 }, () => stage.person());
  await Promise.all(
    waiting.map(async (one) => {
      await one.is(names);
      await one.asksForAccess();
    }),
  );
  for (const { id } of waiting) await boss.button(new RegExp(`^decide:signup:${id}:`, "u"));
  await boss.presses(/^admin-pending$/u);
  const page = await boss.hears(/Waiting: 20/u);
  expect(page.reply_markup?.inline_keyboard).toHaveLength(20);
});
