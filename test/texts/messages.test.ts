import * as fc from "fast-check";
import { Telegram } from "telegraf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { customerPage, pendingPage } from "../../bot/commands/people/admin-pages.ts";
import type { BotContext } from "../../bot/context.ts";
import { pictureNames } from "../../domain/people/captcha.ts";
import { type Customer, type Language, languages, tidyName } from "../../domain/people/customer.ts";
import { type ApprovalId, customerId, telegramId } from "../../domain/ids.ts";
import { currencies, money } from "../../domain/money.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import { type GatewayName, notOpenedReasons } from "../../domain/payments/payment.ts";
import { refundRefusals } from "../../domain/payments/refund.ts";
import { creditReasons } from "../../domain/payments/decision.ts";
import { instant } from "../../domain/time.ts";
import { type TelegramEmulator, startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { textsIn } from "../../texts/index.ts";
import { renderNotice } from "../../texts/notices.ts";
import { timelineKinds } from "../../db/queries/people/admin.ts";
import { Person } from "../support/person.ts";

const hostile = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 130 }),
    fc.string({ unit: "binary", maxLength: 130 }),
    fc.constantFrom(
      "</b><script>",
      "&&&amp;<",
      "\u202E\u2067مرحبا",
      "👩‍👩‍👧‍👦".repeat(30),
      "<".repeat(130),
      "{{x}}${y}",
    ),
  )
  .map((name) => tidyName(name, "—"));

const moment = fc
  .date({ min: new Date(0), max: new Date("2099-01-01"), noInvalidDate: true })
  .map((date) => instant(date));
const small = fc.nat(100);
const amount = fc
  .tuple(fc.nat(Number.MAX_SAFE_INTEGER), fc.constantFrom(...currencies))
  .map(([minor, currency]) => money(minor, currency));

const drawn: { [Kind in Notice["kind"]]: fc.Arbitrary<Extract<Notice, { kind: Kind }>> } = {
  captchaAsked: fc
    .record({
      round: fc.integer({ min: 1, max: 3 }),
      options: fc.shuffledSubarray(pictureNames, { minLength: 6, maxLength: 6 }),
    })
    .map(({ round, options }) => {
      return { kind: "captchaAsked", challenge: { round, options, wanted: options[0]! } };
    }),
  captchaWrong: fc.record({
    kind: fc.constant("captchaWrong"),
    pauseSeconds: small,
    triesLeft: small,
  }),
  captchaFailed: fc.record({ kind: fc.constant("captchaFailed"), pauseMinutes: small }),
  approvedWithTrial: fc.record({ kind: fc.constant("approvedWithTrial"), until: moment }),
  rejected: fc.record({ kind: fc.constant("rejected"), mayAskAgainAt: moment }),
  tooEarly: fc.record({ kind: fc.constant("tooEarly"), mayAskAgainAt: moment }),
  timeGiven: fc.record({ kind: fc.constant("timeGiven"), until: moment }),
  reminder: fc.record({ kind: fc.constant("reminder"), daysLeft: small, until: moment }),
  timePaid: fc.record({ kind: fc.constant("timePaid"), until: moment }),
  timeTakenBack: fc.record({ kind: fc.constant("timeTakenBack"), until: moment }),
  trafficUsedUp: fc.record({ kind: fc.constant("trafficUsedUp"), until: moment }),
  notOpened: fc.record({
    kind: fc.constant("notOpened"),
    why: fc.constantFrom(...notOpenedReasons),
  }),
  underpaid: fc.record({ kind: fc.constant("underpaid"), paid: amount, missing: amount }),
  credited: fc.record({
    kind: fc.constant("credited"),
    amount,
    why: fc.constantFrom(...creditReasons, "noAccess" as const, "found" as const),
  }),
  balanceShort: fc.record({ kind: fc.constant("balanceShort"), amount }),
  surplusCredited: fc.record({ kind: fc.constant("surplusCredited"), amount }),
  refundUnderWay: fc.record({ kind: fc.constant("refundUnderWay"), amount }),
  moneyReturned: fc.record({ kind: fc.constant("moneyReturned"), amount }),
  refundFailed: fc.record({
    kind: fc.constant("refundFailed"),
    amount,
    isOnBalance: fc.boolean(),
  }),
  unmatchedResolved: fc.record({
    kind: fc.constant("unmatchedResolved"),
    resolved: fc.record({
      kind: fc.constantFrom(
        "done",
        "returned",
        "refused",
        "notAdmin",
        "noCustomer",
        "notOpen",
        "notPossible",
      ),
    }),
  }),
  refundNotOpened: fc.record({
    kind: fc.constant("refundNotOpened"),
    why: fc.constantFrom(...refundRefusals),
  }),
  invoiceRefused: fc.constant({ kind: "invoiceRefused" }),
  invoiceDelayed: fc.constant({ kind: "invoiceDelayed" }),
  graceBegan: fc.record({ kind: fc.constant("graceBegan"), until: moment }),
  deviceLimit: fc.record({ kind: fc.constant("deviceLimit"), limit: small }),
  deviceRenamed: fc.record({ kind: fc.constant("deviceRenamed"), name: hostile }),
  deviceRevoked: fc.record({ kind: fc.constant("deviceRevoked"), name: hostile }),
  languageChanged: fc.record({
    kind: fc.constant("languageChanged"),
    language: fc.constantFrom(...languages),
  }),
  actDone: fc.record({
    kind: fc.constant("actDone"),
    act: fc.constantFrom("extend", "block", "unblock", "revoke"),
    name: hostile,
  }),
  actWaits: fc.record({
    kind: fc.constant("actWaits"),
    act: fc.constantFrom("extend", "block", "unblock", "revoke"),
    name: hostile,
    hosts: fc.array(hostile, { minLength: 1, maxLength: 20 }),
  }),
  actRefused: fc.record({
    kind: fc.constant("actRefused"),
    why: fc.constantFrom("notAdmin", "noCustomer", "noSubscription"),
  }),
  captchaRight: fc.constant({ kind: "captchaRight" }),
  captchaLapsed: fc.constant({ kind: "captchaLapsed" }),
  waitingForApproval: fc.constant({ kind: "waitingForApproval" }),
  stillWaiting: fc.constant({ kind: "stillWaiting" }),
  approvedWithoutTime: fc.constant({ kind: "approvedWithoutTime" }),
  approvalLapsed: fc.constant({ kind: "approvalLapsed" }),
  welcomeBack: fc.constant({ kind: "welcomeBack" }),
  adminWelcome: fc.constant({ kind: "adminWelcome" }),
  hostTrouble: fc.constant({ kind: "hostTrouble" }),
  changeDelayed: fc.constant({ kind: "changeDelayed" }),
  hostRefused: fc.constant({ kind: "hostRefused" }),
  noHostFree: fc.constant({ kind: "noHostFree" }),
  expired: fc.constant({ kind: "expired" }),
  accessBack: fc.constant({ kind: "accessBack" }),
  subscriptionRevoked: fc.constant({ kind: "subscriptionRevoked" }),
  deviceUnknown: fc.constant({ kind: "deviceUnknown" }),
  noAccessNow: fc.constant({ kind: "noAccessNow" }),
};

const token = "123456:TEST";
const reader = telegramId(5_001);
let emulator: TelegramEmulator;
let messenger: TelegramMessenger;
let person: Person;

beforeAll(async () => {
  emulator = await startTelegramEmulator({ port: 0, token });
  messenger = new TelegramMessenger(new Telegram(token, { apiRoot: emulator.url }));
  person = new Person(emulator.url, reader);
  await person.say("/start");
});
afterAll(() => emulator.close());

interface Sent {
  readonly html: string;
  readonly keyboard?: readonly (readonly { text: string; data: string }[])[];
}

/** Telegram takes it as it is: valid HTML, short enough, buttons of a length that is allowed. */
async function isTaken({ html, keyboard = [] }: Sent): Promise<void> {
  const given = keyboard.length > 0 ? { html, keyboard } : { html };
  const { kind } = await messenger.send(reader, { kind: "text", ...given });
  expect(kind).toBe("sent");
}

const notices = Object.entries(drawn) as [Notice["kind"], fc.Arbitrary<Notice>][];

test.each(notices)(
  "the notice %s is a message that Telegram takes, in every language",
  (_, notice) =>
    fc.assert(
      fc.asyncProperty(notice, fc.constantFrom(...languages), async (it, language) => {
        await isTaken(renderNotice(language, it));
      }),
      { numRuns: 15 },
    ),
);

test("a person's words are shown as they are, and nothing of them is markup", () =>
  fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom(...languages), async (name, language) => {
      await isTaken(renderNotice(language, { kind: "deviceRenamed", name }));
      const { text, entities = [] } = (await person.chat()).at(-1)!;
      // A word joiner, which shows nothing, keeps a link from being one.
      expect(text?.replaceAll("\u2060", "")).toContain(`\u2068${name}\u2069`);
      expect(entities.filter(({ type }) => ["bold", "code", "text_link"].includes(type))).toEqual(
        [],
      );
    }),
    { numRuns: 40 },
  ));

const context = (language: Language) => ({ language, texts: textsIn(language) }) as BotContext;
const anyId = fc.integer({ min: 1, max: 2 ** 52 - 1 }).map(telegramId);

const someone = (of: {
  firstName: string;
  lastName: string;
  telegramId: ReturnType<typeof telegramId>;
}): Customer => ({
  id: customerId("01890000-0000-7000-8000-000000000000"),
  username: "a_very_long_username_of_32_chars",
  language: "en",
  role: "customer",
  status: "active",
  rejectedAt: undefined,
  ...of,
});

test("the pages of the desk fit one message with their buttons, whoever is on them", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ firstName: hostile, lastName: hostile, telegramId: anyId }),
      moment,
      fc.constantFrom(...languages),
      async (names, at, language) => {
        const name = tidyName(`${names.firstName} ${names.lastName}`, "—");
        const request = {
          approvalId: `signup:${names.telegramId}` as ApprovalId,
          ask: "0123abcd",
          subject: {
            kind: "refund" as const,
            customerId: customerId("00000000-0000-4000-8000-000000000001"),
            telegramId: names.telegramId,
            amount: money(Number.MAX_SAFE_INTEGER, "RUB"),
            gateway: "memory" as GatewayName,
            reason: name,
          },
          person: { telegramId: names.telegramId, name },
          askedAt: at,
        };
        const pending = pendingPage(
          context(language),
          Array.from({ length: 20 }, () => request),
        );
        const devices = Array.from({ length: 10 }, () => ({
          name: Array.from(name).slice(0, 32).join(""),
        }));
        const timeline = Array.from({ length: 15 }, (_, index) => {
          return { at, kind: timelineKinds[index % timelineKinds.length]!, detail: name, by: name };
        });
        const customer = someone(names);
        const account = { payments: [], balances: [] };
        const seen = { customer, subscription: { paidUntil: at }, devices, timeline, ...account };
        for (const page of [pending, customerPage(context(language), seen as never)]) {
          await isTaken({ html: page.text, keyboard: page.buttons });
          const data = page.buttons.flat().map((button) => Buffer.byteLength(button.data));
          expect(Math.max(...data)).toBeLessThanOrEqual(64);
        }
      },
    ),
    { numRuns: 25 },
  ));
