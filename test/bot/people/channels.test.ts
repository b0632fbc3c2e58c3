import { afterEach, expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { hourMs } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import { stateOf, waitForState } from "../../drivers/access.ts";
import { checkMembers, openChannel, requireChannels } from "../../drivers/channels.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, customerSpeaking, shown } from "../people.ts";

const secondAdminId = 1002;
const app = useTestApp({ adminIds: [adminId, secondAdminId] });

const news = "@tollgate_news";
const clubId = -1_001_000_000_002;
const club = `${clubId} https://t.me/+AbCdEfGh12345`;

afterEach(() => requireChannels(app, "off"));

async function openChannels(): Promise<void> {
  await openChannel(app, -1_001_000_000_001, { username: news.slice(1), bot: "administrator" });
  await openChannel(app, clubId, { type: "supergroup", bot: "administrator" });
}

/** A person who has answered the captcha. */
async function passCaptcha(language: string): Promise<Person> {
  const eve = await app.person().become({ language_code: language });
  await eve.send("/start");
  await eve.answerCaptcha();
  return eve;
}

const begins = (text: string): RegExp => new RegExp(shown(text).slice(3, 20), "u");

const lastMessage = async (person: Person) =>
  (await person.chat()).findLast(({ from }) => from?.is_bot);

/** The pages that the buttons of the newest message open. */
const linksOf = async (person: Person) =>
  ((await lastMessage(person))?.reply_markup?.inline_keyboard ?? [])
    .flat()
    .flatMap(({ url }) => (url === undefined ? [] : [url]));

/** Makes it so long ago that somebody was found to have left. */
const leaveEarlier = ({ id }: Person, ms: number) =>
  app.rows(
    `update customers set left_channels_at = left_channels_at - ? * interval '1 millisecond'
      where telegram_id = ?`,
    [ms, id],
  );

/** A customer on a trial who has joined, then left, and was suspended for it. */
async function becomeSuspended(language: Language = "en"): Promise<Person> {
  const bob = await customerSpeaking(app, language);
  await openChannels();
  await requireChannels(app, news);
  const { channels } = textsIn(language).people;
  await bob.waitForMessage(begins(channels.left(news, "")));
  await leaveEarlier(bob, 24 * hourMs);
  await checkMembers(app);
  await bob.waitForMessage(begins(channels.paused(news)));
  return bob;
}

test.each(languages)(
  "a newcomer joins two channels before an admin is asked (%s)",
  async (lang) => {
    await openChannels();
    await requireChannels(app, `${news}\n${club}`);
    const { channels, signup } = textsIn(lang).people;
    const eve = await passCaptcha(lang);
    await eve.waitForMessage(begins(channels.missing));
    expect(await linksOf(eve)).toEqual([
      "https://t.me/tollgate_news",
      "https://t.me/+AbCdEfGh12345",
    ]);
    await eve.join(news);
    await eve.pressButton(/^joined$/u);
    await eve.waitForMessage(begins(channels.missingAgain));
    expect(await linksOf(eve)).toEqual(["https://t.me/+AbCdEfGh12345"]);
    await eve.join(clubId);
    await eve.pressButton(/^joined$/u);
    await eve.waitForMessage(begins(signup.waiting));
    // The captcha's message has turned into each of these.
    expect((await eve.chat()).filter(({ from }) => from?.is_bot)).toHaveLength(1);
  },
);

test("who is in the channel already is asked nothing", async () => {
  await openChannels();
  await requireChannels(app, news);
  const eve = app.person();
  await eve.join(news);
  await eve.askForAccess();
  expect(await eve.listTexts()).toHaveLength(1);
});

test.each(languages)(
  "who leaves is warned, paused after a day, and let in again when they are back (%s)",
  async (language) => {
    const { channels } = textsIn(language).people;
    const { subscription } = textsIn(language).access;
    const bob = await becomeSuspended(language);
    await waitForState(app, bob, "suspended", 0);
    // The bot learns of other settings within seconds.
    await eventually(async () => {
      await bob.send("/start");
      await eventually(async () => {
        const page = await lastMessage(bob);
        expect(wordsOf(page!)).toMatch(begins(channels.paused(news)));
      }, 2_000);
      expect(await linksOf(bob)).toContain("https://t.me/tollgate_news");
    });
    await bob.pressButton(/^joined$/u);
    await bob.waitForMessage(begins(channels.missingAgain));
    await bob.join(news);
    await bob.pressButton(/^joined$/u);
    await bob.waitForMessage(begins(subscription.back));
    await waitForState(app, bob, "active", 1);
  },
);

test("a suspended customer who asks for a key is told why there is none, and how to come back", async () => {
  const bob = await becomeSuspended();
  const { messageId } = await bob.button(/^device-qr:/u);
  const before = (await bob.listTexts()).length;
  const { data } = await bob.button(/^device-qr:/u);
  await bob.press(messageId, data);
  await eventually(async () => expect((await bob.listTexts()).length).toBeGreaterThan(before));
  expect((await bob.listTexts()).at(-1)).toMatch(/Your VPN is paused/u);
  expect(await linksOf(bob)).toEqual(["https://t.me/tollgate_news"]);
});

test("the admin's card says since when access is paused", async () => {
  const bob = await becomeSuspended();
  const admin = await app.admin();
  await admin.send(`/find ${bob.id}`);
  await admin.waitForMessage(new RegExp(`${bob.id}[^]*Paused since`, "u"));
});

test("off lets everybody in again, and says so", async () => {
  const bob = await becomeSuspended();
  await requireChannels(app, "off");
  await bob.waitForMessage(/access is back/u);
  await waitForState(app, bob, "active", 1);
});

test("a channel that the bot cannot look into keeps nobody out, and admins are told once", async () => {
  await openChannel(app, -1_001_000_000_003, { username: "tollgate_dark", bot: "member" });
  const admin = await app.admin();
  const bob = await app.customer();
  await requireChannels(app, "@tollgate_dark, @tollgate_gone");
  await admin.waitForMessage(/cannot see who is in @tollgate_dark/u);
  await admin.waitForMessage(/cannot see who is in @tollgate_gone/u);
  await checkMembers(app);
  await app.person().askForAccess();
  const notices = (await admin.listTexts()).filter((text) => text.includes("cannot see who is in"));
  expect(notices).toHaveLength(2);
  expect(await stateOf(app, bob)).toBe("active");
});

test.each(languages)("an admin sets the channels, and reads what to do (%s)", async (language) => {
  await openChannels();
  await openChannel(app, -1_001_000_000_003, { username: "tollgate_dark", bot: "member" });
  const admin = await adminSpeaking(app, language);
  const { settings } = textsIn(language).operations;
  await admin.send("/admin");
  await admin.pressButton(/^settings$/u);
  await admin.pressButton(/^settings:newcomers$/u);
  await admin.pressButton(/^setting:channels$/u);
  await admin.pressButton(/^setting-ask:channels$/u);
  await admin.waitForMessage(begins(settings.ask(settings.names.channels, "")));
  await admin.send(`${news}\n@tollgate_dark\n@tollgate_gone`);
  const answer = await admin.waitForMessage(new RegExp(settings.channelChecks.ready(news), "u"));
  expect(wordsOf(answer)).toContain(settings.channelChecks.notAdmin("@tollgate_dark"));
  expect(wordsOf(answer)).toContain(
    settings.channelChecks.unknown("@tollgate_gone", "").slice(0, 40),
  );
  await admin.pressButton(/^setting-set:channels:off:/u);
  await eventually(async () =>
    expect(wordsOf((await lastMessage(admin))!)).not.toContain("@tollgate_dark"),
  );
  await adminSpeaking(app, "en");
});

test("who sets a channel that the bot cannot read is told on its page, the other admins by a notice", async () => {
  await openChannel(app, -1_001_000_000_003, { username: "tollgate_dim", bot: "member" });
  const admin = await app.admin();
  const deputy = await app.admin(secondAdminId);
  // Somebody who is looked at.
  await app.customer();
  await admin.send("/admin");
  await admin.pressButton(/^settings$/u);
  await admin.pressButton(/^settings:newcomers$/u);
  await admin.pressButton(/^setting:channels$/u);
  await admin.pressButton(/^setting-ask:channels$/u);
  await admin.waitForMessage(/✏️ Required channels/u);
  await admin.send("@tollgate_dim");
  await admin.waitForMessage(
    /✅ Required channels: [^]*⚠️ @tollgate_dim: make the bot an administrator/u,
  );
  await deputy.waitForMessage(/cannot see who is in @tollgate_dim/u);
  await checkMembers(app);
  expect(
    (await admin.listTexts()).filter((text) => /see who is in @tollgate_dim/u.test(text)),
  ).toEqual([]);
  expect((await deputy.listTexts()).filter((text) => /in @tollgate_dim/u.test(text))).toHaveLength(
    1,
  );
});

test.each(languages)(
  "who never was in the channel is asked to join, and who was warned is told that nothing is paused (%s)",
  async (language) => {
    const { channels } = textsIn(language).people;
    const joins = await customerSpeaking(app, language);
    const waits = await customerSpeaking(app, language);
    await openChannels();
    await requireChannels(app, news);
    for (const one of [joins, waits]) await one.waitForMessage(begins(channels.left(news, "")));
    const warnings = (await waits.listTexts()).join("\n");
    expect(warnings).not.toMatch(/have left|no longer|больше нет/u);
    await joins.join(news);
    await checkMembers(app);
    await joins.waitForMessage(begins(channels.stays));
    await requireChannels(app, "off");
    await waits.waitForMessage(begins(channels.stays));
    const reassured = (await joins.listTexts()).filter((text) => begins(channels.stays).test(text));
    expect(reassured).toHaveLength(1);
  },
);
