import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import type { Message } from "../../../emulators/telegram/bot-api.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import {
  actsOn,
  adminSpeaking,
  asShown,
  forgePress,
  listPeers,
  rejectSignup,
  shown,
} from "../people.ts";

const app = useTestApp();

const requests = async (admin: Person) => {
  await admin.send("/admin");
  await admin.pressButton(/^admin-pending$/u);
};

const statusOf = async ({ id }: Person) => {
  const [row] = await app.rows<{ status: string }>(
    "select status from customers where telegram_id = ?",
    [id],
  );
  return row?.status;
};

const lotsOf = ({ id }: Person) =>
  app.rows<{ kind: string; taken: number | null; left: boolean }>(
    `select t.kind, t.returned_minor::int as taken, t.paid_until > t.at as left from time_lots t
       join subscriptions s on s.id = t.subscription_id join customers c on c.id = s.customer_id
      where c.telegram_id = ? order by t.seq`,
    [id],
  );

const dataOf = ({ reply_markup: keys }: Message) =>
  (keys?.inline_keyboard ?? []).flat().map((key) => key.callback_data);

/** Undoes the last decision about the person, by the buttons. */
async function undo(admin: Person, { id }: Person, question = /./u): Promise<void> {
  await requests(admin);
  await admin.pressButton(/^decisions$/u);
  await admin.pressButton(new RegExp(`^sure-undo:${id}:`, "u"));
  await admin.waitForMessage(question);
  await admin.pressButton(new RegExp(`^act:undo:${id}:`, "u"));
}

async function askAsNew(language: "en" | "ru" = "en"): Promise<Person> {
  const eve = await app.person().become({ language_code: language });
  await eve.askForAccess();
  return eve;
}

test("approve all approves exactly those that were listed, after one question", async () => {
  const admin = await app.admin();
  const listed = [await askAsNew(), await askAsNew()];
  for (const { id } of listed) await admin.button(new RegExp(`^decide:signup:${id}:`, "u"));
  await requests(admin);
  await admin.pressButton(/^approve-all$/u);
  await admin.waitForMessage(/Approve 2 people\?/u);
  const late = await askAsNew();
  await admin.button(new RegExp(`^decide:signup:${late.id}:`, "u"));
  await admin.pressButton(/^approve-yes:/u);
  await admin.waitForMessage(/2 requests are being approved/u);
  for (const one of listed) await one.waitForMessage(/Your key for/u);
  expect(await statusOf(late)).toBe("pending");
  expect(await actsOn(app, late)).toEqual([]);
  await requests(admin);
  await admin.waitForMessage(/Waiting: 1$/mu);
  await admin.pressButton(new RegExp(`^listed:signup:${late.id}:\\w+:approve$`, "u"));
  await admin.waitForMessage(new RegExp(`Approved: .*Person ${late.id}[^]*Nobody is waiting`, "u"));
  await late.waitForMessage(/Your key for/u);
});

test.each(languages)("who is rejected reads why, in their language (%s)", async (language) => {
  const admin = await app.admin();
  const { approval } = textsIn(language).people;
  const eve = await askAsNew(language);
  await admin.pressButton(new RegExp(`^reject:signup:${eve.id}:`, "u"));
  await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:reject:full$`, "u"));
  await eve.waitForMessage(asShown(approval.reasons.full));
  await admin.waitForMessage(new RegExp(`${eve.id}[^]*Rejected by[^]*no free places`, "u"));
  const bob = await askAsNew(language);
  await admin.pressButton(new RegExp(`^reject:signup:${bob.id}:`, "u"));
  await admin.pressButton(new RegExp(`^reject-ask:signup:${bob.id}:`, "u"));
  await admin.waitForMessage(/Why is .* rejected/u);
  // A longer one is refused with the limit, and nobody is rejected for a part of it.
  const long = "Come back in May, ".repeat(20);
  await admin.send(long);
  const { tooLong } = textsIn("en").messaging.input;
  await admin.waitForMessage(asShown(tooLong(long.trim().length, 300)));
  expect(await statusOf(bob)).toBe("pending");
  await admin.send("Come <b>back</b> in May");
  await bob.waitForMessage(/Come <b>back<\/b> in May/u);
  const answer = await admin.waitForMessage(
    new RegExp(`^🚫 Rejected: .*Person ${bob.id}.*\\nReason: .*Come <b>back</b> in May`, "u"),
  );
  expect(dataOf(answer)).toEqual([`customer:${bob.id}`, "admin-pending:new"]);
});

test("a decision in the list of requests is answered there, with the others that wait", async () => {
  const admin = await app.admin();
  const eve = await askAsNew();
  const bob = await askAsNew();
  for (const { id } of [eve, bob]) await admin.button(new RegExp(`^decide:signup:${id}:`, "u"));
  await requests(admin);
  const list = await admin.button(new RegExp(`^reject:signup:${eve.id}:\\w+:listed$`, "u"));
  await admin.press(list.messageId, list.data);
  await admin.pressButton(new RegExp(`^listed:signup:${eve.id}:\\w+:reject:invited$`, "u"));
  await eve.waitForMessage(/by invitation only/u);
  const answer = await admin.waitForMessage(
    new RegExp(`^🚫 Rejected: .*Person ${eve.id}[^]*Waiting: 1\\n.*Person ${bob.id}`, "u"),
  );
  expect(answer.message_id).toBe(list.messageId);
  expect(dataOf(answer).filter((data) => data?.includes(`${eve.id}`))).toEqual([]);
  await admin.pressButton(new RegExp(`^listed:signup:${bob.id}:\\w+:approve$`, "u"));
  await bob.waitForMessage(/Your key for/u);
});

test("an undone rejection waits again, is told, and can be approved", async () => {
  const admin = await app.admin();
  const eve = await askAsNew();
  await rejectSignup(admin, eve);
  await eve.waitForMessage(/was declined/u);
  await undo(admin, eve);
  await eve.waitForMessage(/looking at your request again/u);
  await admin.waitForMessage(new RegExp(`${eve.id}[^]*Undone by`, "u"));
  const answer = await admin.waitForMessage(
    /decision about .* is undone, and their request waits/u,
  );
  const data = answer.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data);
  expect(data).toEqual([`customer:${eve.id}`, "admin-pending:new"]);
  expect(await statusOf(eve)).toBe("pending");
  const [, ask] = (await eventually(async () => {
    const all = await app.rows<{ ask: string }>(
      "select ask from approvals where approval_id = ? order by asked_at",
      [`signup:${eve.id}`],
    );
    expect(all).toHaveLength(2);
    return all;
  })) as { ask: string }[];
  await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:${ask!.ask}:approve$`, "u"));
  await eve.waitForMessage(/Your key for/u);
});

test.each(languages)(
  "an undone approval takes the access back once, and approved again it goes on (%s)",
  async (language) => {
    const admin = await app.admin();
    const { people, access } = textsIn(language);
    const eve = await askAsNew(language);
    await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
    await eve.waitForMessage(/Your key for|Ваш ключ/u);
    const peers = async () => (await listPeers(app)).size;
    const before = await eventually(async () => {
      const count = await peers();
      expect(count).toBeGreaterThan(0);
      return count;
    });
    await undo(admin, eve);
    await eve.waitForMessage(asShown(people.signup.waitsAgain.approved));
    await eventually(async () => expect(await peers()).toBe(before - 1));
    expect(await lotsOf(eve)).toEqual([
      { kind: "trial", taken: null, left: true },
      { kind: "refund", taken: 1, left: false },
    ]);
    await admin.button(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
    await eve.send("/start");
    await eve.waitForMessage(asShown(people.signup.stillWaiting));
    const help = await eve.button(/^help$/u);
    await eve.forgePress(help.messageId, "home");
    await eve.waitForMessage(asShown(access.home.waiting));
    await eve.pressButton(/^device-qr:/u);
    await eve.waitForMessage(asShown(people.signup.stillWaiting));
    // A second admin's press, and the same one's, do nothing more.
    const other = (await admin.chat()).find(({ from }) => from?.is_bot);
    const messageId = other!.message_id;
    const [{ ask }] = (await app.rows<{ ask: string }>(
      "select ask from approvals where approval_id = ? and undone_at is not null",
      [`signup:${eve.id}`],
    )) as [{ ask: string }];
    await forgePress(app, admin, { messageId, data: `act:undo:${eve.id}:${ask}` });
    await admin.waitForMessage(/does not count any more/u);
    expect(await lotsOf(eve)).toHaveLength(2);

    const again = new RegExp(`^decide:signup:${eve.id}:(?!${ask})\\w+:approve$`, "u");
    await admin.pressButton(again);
    await eventually(async () => expect(await statusOf(eve)).toBe("active"));
    await eventually(async () => expect(await peers()).toBe(before));
    expect(await lotsOf(eve)).toEqual([
      { kind: "trial", taken: null, left: true },
      { kind: "refund", taken: 1, left: false },
      { kind: "refund", taken: 0, left: true },
    ]);
    await eventually(async () => {
      const welcomes = (await eve.listTexts()).filter((text) => text.includes("🎉"));
      expect(welcomes).toHaveLength(2);
    });
    expect(await eve.listKeys()).toHaveLength(1);
    expect((await actsOn(app, eve)).map(({ act }) => act)).toEqual(["approve", "undo", "approve"]);
  },
);

test("a decision is undone within an hour, and not where time was given since", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const { tooLate, changedSince } = textsIn("en").people.act;
  await admin.send(`/extend ${bob.id} 5`);
  await bob.waitForMessage(/access now runs until/u);
  await requests(admin);
  await admin.pressButton(/^decisions$/u);
  const list = await admin.waitForMessage(new RegExp(`Last decisions[^]*Person ${bob.id}`, "u"));
  expect(dataOf(list).some((one) => one?.startsWith(`sure-undo:${bob.id}:`))).toBe(false);
  const [first] = await app.rows<{ ask: string }>(
    "select ask from approvals where approval_id = ?",
    [`signup:${bob.id}`],
  );
  const forged = { messageId: list.message_id, data: `sure-undo:${bob.id}:${first!.ask}` };
  expect((await forgePress(app, admin, forged))?.text).toBe(shown(changedSince));
  await forgePress(app, admin, { ...forged, data: `act:undo:${bob.id}:${first!.ask}` });
  await admin.waitForMessage(asShown(changedSince));
  expect(await statusOf(bob)).toBe("active");
  const eve = await askAsNew();
  await rejectSignup(admin, eve);
  await eve.waitForMessage(/was declined/u);
  await app.rows(
    "update approvals set decided_at = now() - interval '61 minutes' where approval_id = ?",
    [`signup:${eve.id}`],
  );
  await requests(admin);
  await admin.pressButton(/^decisions$/u);
  const page = await admin.waitForMessage(/Last decisions/u);
  const data = (page.reply_markup?.inline_keyboard ?? []).flat().map((one) => one.callback_data);
  expect(data.some((one) => one?.startsWith(`sure-undo:${eve.id}:`))).toBe(false);
  const [{ ask }] = (await app.rows<{ ask: string }>(
    "select ask from approvals where approval_id = ?",
    [`signup:${eve.id}`],
  )) as [{ ask: string }];
  const { message_id: messageId } = page;
  const answer = await forgePress(app, admin, { messageId, data: `sure-undo:${eve.id}:${ask}` });
  expect(answer?.text).toBe(shown(tooLate));
  await forgePress(app, admin, { messageId, data: `act:undo:${eve.id}:${ask}` });
  await admin.waitForMessage(asShown(tooLate));
  expect(await statusOf(eve)).toBe("rejected");
});

test.each(languages)(
  "an approval whose time has ended is undone without a word of access that ends (%s)",
  async (language) => {
    const admin = await adminSpeaking(app, language);
    const { signup, approval } = textsIn(language).people;
    const eve = await askAsNew(language);
    await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
    await eve.waitForMessage(/Your key for|Ваш ключ/u);
    await app.rows(
      `update subscriptions s set paid_until = now() - interval '1 minute' from customers c
        where c.id = s.customer_id and c.telegram_id = ? returning 1`,
      [eve.id],
    );
    await undo(admin, eve, asShown(approval.sureUndo.over(`Person ${eve.id}`)));
    await eve.waitForMessage(asShown(signup.waitsAgain.over));
    await adminSpeaking(app, "en");
  },
);
