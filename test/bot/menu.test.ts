import { expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { languages } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { type Person, wordsOf } from "../drivers/person.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import { addLocation, removeLocation } from "../drivers/locations.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { walkMenu } from "./menu-walk.ts";
import { adminSpeaking, customerSpeaking, rejectSignup, shown } from "./people.ts";

const app = useTestApp({
  support: {},
  gateways: () => [
    new MemoryPaymentGateway(),
    new MemoryPaymentGateway({ name: gatewayName("second"), icon: "🏦" }),
  ],
});

/** Buttons that end what the walk needs, or that nothing reaches by itself. */
const left =
  /^(?:act:block|device-revoke|refund-whole|return-yes|decide|ticket-close|host-migrate:|host-lose:):?/u;

const waitForHome = (person: Person, words: string | RegExp) =>
  eventually(async () => {
    const last = (await person.listTexts()).at(-1);
    if (typeof words === "string") expect(last).toContain(words);
    else expect(last).toMatch(words);
  });

const countWords = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

test.each(languages)(
  "from Start to a key it takes three messages, and fewer than 60 words after the approval (%s)",
  async (language) => {
    const admin = await app.admin();
    const eve = await app.person().become({ language_code: language });
    await eve.askForAccess();
    await admin.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
    await eve.waitForMessage(/Your key for|Ваш ключ/u);
    const messages = (await eve.chat()).filter(({ from }) => from?.is_bot);
    expect(messages).toHaveLength(3);
    const afterApproval = messages.slice(1).map(wordsOf);
    await eve.press(messages[1]!.message_id, "connect");
    const choice = await eve.waitForMessage(
      new RegExp(shown(textsIn(language).access.connect.title).slice(3, -1), "u"),
    );
    await eve.press(choice.message_id, "platform:iphone");
    const steps = await eve.waitForMessage(/1\. [^]*AmneziaWG/u);
    const read = [...afterApproval, wordsOf(choice), wordsOf(steps)];
    expect(read.map(countWords).reduce((sum, count) => sum + count, 0)).toBeLessThan(60);
    expect((await eve.chat()).filter(({ from }) => from?.is_bot)).toHaveLength(3);
  },
);

test("a key is one message on request, as a file, a picture or text", async () => {
  const bob = await app.customer();
  await bob.pressButton(/^device-qr:/u);
  await bob.waitForMessage(/scan it with AmneziaWG/u);
  await bob.pressButton(/^device-text:/u);
  await bob.waitForMessage(/vpn:\/\//u);
  const messages = (await bob.chat()).filter(({ from }) => from?.is_bot);
  expect(messages.slice(3).map(({ photo, text }) => Boolean(photo ?? text))).toEqual([true, true]);
});

test.each(languages)(
  "the home screen shows each state, with what helps in it (%s)",
  async (language) => {
    const { home } = textsIn(language).access;
    const bob = await customerSpeaking(app, language);
    const show = async (wanted: string, first: RegExp) => {
      await bob.send("/start");
      await waitForHome(bob, shown(wanted));
      const page = (await bob.chat()).findLast(({ from }) => from?.is_bot);
      expect(page?.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data).toMatch(first);
    };
    const set = (columns: string) =>
      app.rows(
        `update subscriptions s set ${columns} from customers c
        where c.id = s.customer_id and c.telegram_id = ?`,
        [bob.id],
      );
    await show(home.daysLeft(3), /^connect$/u);
    await set("paid_until = now() + interval '90 minutes'");
    await show(home.hoursLeft(1), /^connect$/u);
    await set("paid_until = now() + interval '50 minutes'");
    await show(home.minutesLeft, /^connect$/u);
    await set("paid_until = now() - interval '1 minute', grace_ms = 86400000");
    await show(home.grace("").slice(0, 17), /^plans$/u);
    await set("grace_ms = 0");
    await show(home.expired, /^plans$/u);
    await set("paid_until = now() + interval '10 days', traffic_limit_bytes = 0");
    await show(home.exhausted("").slice(0, 20), /^plans$/u);
    await set("traffic_limit_bytes = null");
    const setCustomer = (columns: string) =>
      app.rows(`update customers set ${columns} where telegram_id = ?`, [bob.id]);
    await setCustomer("left_channels_at = now(), suspended_at = now()");
    const { channels } = textsIn(language).people;
    await show(channels.paused(channels.named([])), /^joined$/u);
    await setCustomer("left_channels_at = null, suspended_at = null");
    await set("paid_until = null");
    await show(home.withoutTime("Tollgate"), /^plans$/u);
  },
);

test.each(languages)(
  "who is not a customer yet sees where their request is (%s)",
  async (language) => {
    const { home } = textsIn(language).access;
    const admin = await app.admin();
    const eve = await app.person().become({ language_code: language });
    await eve.askForAccess();
    const { messageId } = await eve.button(/^help$/u);
    const pressHome = () => eve.forgePress(messageId, "home");
    await admin.button(new RegExp(`^decide:signup:${eve.id}:`, "u"));
    await pressHome();
    await eve.waitForMessage(new RegExp(shown(home.waiting).slice(3, 20), "u"));
    await rejectSignup(admin, eve);
    await app.client.workflow.getHandle(workflowIds.signup(telegramId(eve.id))).result();
    await pressHome();
    const [declined] = home.declinedUntil("{}").split("{}");
    await eve.waitForMessage(new RegExp(shown(declined!).slice(3), "u"));
    await app.rows("update customers set rejected_at = rejected_at - interval '2 days'");
    await eve.pressButton(/^help$/u);
    await pressHome();
    await eve.waitForMessage(new RegExp(shown(home.declined).slice(3), "u"));
    await eve.button(/^start$/u);
  },
);

test.each(languages)("every button of a customer leads somewhere (%s)", async (language) => {
  const bob = await customerSpeaking(app, language);
  await app.rows("update devices set name = ?", ["A tablet in the room at the back"]);
  const seen = await walkMenu({ person: bob, app }, left);
  for (const kind of [
    "home",
    "connect",
    "platform:router",
    "connect-key:iphone",
    "trouble:slow",
    "plans",
    "devices",
    "device-open:<id>",
    "device-qr:<id>:<mark>",
    "balance",
    "top-up",
    "renewal",
    "payments:<n>",
    "invite",
    "help",
    "support",
    "paysupport",
    "terms",
    "languages",
  ]) {
    expect(seen).toContain(kind);
  }
});

/** An admin has some two hundred buttons. */
const longWalkMs = 180_000;

test.each(languages)(
  "every button of an admin leads somewhere (%s)",
  async (language) => {
    const admin = await adminSpeaking(app, language);
    await addLocation(app, "nl");
    const first_name = "Somebody whose name is longer than a button";
    await (await app.person().become({ first_name })).askForAccess();
    const bob = await app.customer();
    await bob.become({ first_name });
    await bob.send("/support");
    await bob.waitForMessage(/Type your message/u);
    await bob.send(`Where is my key (${language})?`);
    await admin.waitForMessage(new RegExp(`Where is my key .${language}`, "u"));
    const seen = await walkMenu({ person: admin, app }, left);
    for (const kind of [
      "admin",
      "admin-pending",
      "decisions",
      "admin:week",
      "admin:month",
      "admin-find",
      "unmatched:<n>",
      "tickets:<n>",
      "ticket:<n>",
      "ticket-answer:<n>",
      "customer:<n>",
      "settings",
      "setting:terms-ru",
      "gateways-move:memory:down:<mark>",
      "setting-ask:name",
      "setting-set:trial:off:<mark>",
      "plans-edit",
      "plan-edit:month",
      "plan-field:month:price-RUB",
      "plan-new",
      "hosts",
      "host:<id>",
      "host-test:<id>:<mark>",
      "host-drain:<id>:<mark>",
      "host-resume:<id>:<mark>",
      "host-maint:<id>",
      "host-maint-begin:<id>:<mark>",
      "host-maint-end:<id>:<mark>",
      "host-give-back:<id>:<mark>",
      "host-migration:<id>",
      "host-migrate-sure:<id>",
      "host-lose-sure:<id>",
      "host-sure:<id>",
      "host-where:<id>",
      "host-at:<id>:nl",
      "locations",
      "location:nl",
      "location-field:nl:audience",
      "location-set:nl:offered:no:<mark>",
      "location-ask:nl:name-ru",
      "location-new",
      "location-sure:nl",
    ]) {
      expect(seen).toContain(kind);
    }
    // It has put the only host into a location that is for few.
    await removeLocation(app, "nl", [app.hostId]);
  },
  longWalkMs,
);

test("a friend who comes by an invitation is counted once they are a customer", async () => {
  const bob = await app.customer();
  const admin = await app.admin();
  await bob.send("/invite");
  const page = await bob.waitForMessage(/start=ref_\d+/u);
  const payload = /start=(ref_\d+)/u.exec(wordsOf(page))?.[1];
  expect(page.reply_markup?.inline_keyboard?.[0]?.[0]?.url).toMatch(
    /^https:\/\/t\.me\/share\/url\?/u,
  );
  const friend = app.person();
  await friend.send(`/start ${payload}`);
  await friend.answerCaptcha();
  await admin.pressButton(new RegExp(`^decide:signup:${friend.id}:\\w+:approve$`, "u"));
  await friend.waitForMessage(/Your key for/u);
  await bob.send("/invite");
  await bob.waitForMessage(/1 friend has joined/u);
});
