import * as fc from "fast-check";
import { Telegram } from "telegraf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { languages, tidyName } from "../../domain/customer.ts";
import { telegramId } from "../../domain/ids.ts";
import { currencies, money } from "../../domain/money.ts";
import type { AdminNotice } from "../../domain/notice.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { renderAdminNotice } from "../../texts/admin-notices.ts";
import { moneyIn } from "../../texts/money.ts";
import { Person } from "../support/person.ts";

const hostile = fc
  .oneof(fc.string({ unit: "grapheme", maxLength: 130 }), fc.constant("</b><script>&&amp;<"))
  .map((text) => tidyName(text, "—"));
const gateway = fc.constantFrom("stars", "tbank", "anything else");
const amount = fc
  .tuple(fc.nat(Number.MAX_SAFE_INTEGER), fc.constantFrom(...currencies))
  .map(([minor, currency]) => money(minor, currency));

type Drawn = { [Kind in AdminNotice["kind"]]: fc.Arbitrary<Extract<AdminNotice, { kind: Kind }>> };

const ofAmount = <Kind extends string>(kind: Kind) =>
  fc.record({ kind: fc.constant(kind), gateway, amount });

const drawn: Drawn = {
  unmatchedMoney: ofAmount("unmatchedMoney"),
  chargedBack: ofAmount("chargedBack"),
  returnedOutside: ofAmount("returnedOutside"),
  creditedBlocked: ofAmount("creditedBlocked"),
  refundReturned: ofAmount("refundReturned"),
  refundWaits: ofAmount("refundWaits"),
  unmatchedReturned: ofAmount("unmatchedReturned"),
  debt: ofAmount("debt"),
  foundAndFixed: fc.record({
    kind: fc.constant("foundAndFixed"),
    gateway,
    count: fc.integer({ min: 1, max: 10_000 }),
  }),
  refundNotAgreed: fc.record({
    kind: fc.constant("refundNotAgreed"),
    gateway,
    amount,
    how: fc.constantFrom("rejected", "lapsed"),
  }),
  refundRefused: fc.record({ kind: fc.constant("refundRefused"), gateway, amount, why: hostile }),
  messageNotSent: fc.record({
    kind: fc.constant("messageNotSent"),
    content: fc.constantFrom("invoice", "key", "approval"),
    reason: hostile,
  }),
  hostAway: fc.record({ kind: fc.constant("hostAway"), host: hostile, trouble: hostile }),
  hostBack: fc.record({ kind: fc.constant("hostBack"), host: hostile }),
  linesSkipped: fc.record({
    kind: fc.constant("linesSkipped"),
    gateway,
    count: fc.integer({ min: 1, max: 10_000 }),
  }),
  quarantined: fc.record({ kind: fc.constant("quarantined"), gateway, reason: hostile }),
  inconsistent: fc.record({ kind: fc.constant("inconsistent"), gateway, reason: hostile }),
};

const token = "123456:TEST";
const reader = telegramId(5_001);
let emulator: TelegramEmulator;
let messenger: TelegramMessenger;

beforeAll(async () => {
  emulator = await startTelegramEmulator({ port: 0, token });
  messenger = new TelegramMessenger(new Telegram(token, { apiRoot: emulator.url }));
  await new Person(emulator.url, reader).say("/start");
});
afterAll(() => emulator.close());

const notices = Object.entries(drawn) as [AdminNotice["kind"], fc.Arbitrary<AdminNotice>][];

test.each(notices)("what admins are told of %s is a message, with its amount", (_, notice) =>
  fc.assert(
    fc.asyncProperty(notice, fc.constantFrom(...languages), async (it, language) => {
      const html = renderAdminNotice(language, it);
      expect((await messenger.send(reader, { kind: "text", html })).kind).toBe("sent");
      expect(html).toContain("amount" in it ? moneyIn(language, it.amount) : "");
    }),
    { numRuns: 15 },
  ),
);
