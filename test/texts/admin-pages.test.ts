import * as fc from "fast-check";
import { test } from "vitest";
import {
  editPlanPage,
  editPlansPage,
  planFieldPage,
} from "../../bot/commands/operations/plan-editor-pages.ts";
import { hostPage, hostsPage, removalPage } from "../../bot/commands/operations/host-pages.ts";
import { settingPage, settingsPage } from "../../bot/commands/operations/setting-pages.ts";
import { paymentEntries } from "../../bot/commands/payments/payment-pages.ts";
import { pendingPage } from "../../bot/commands/people/approvals.ts";
import { customerPage } from "../../bot/commands/people/customer-pages.ts";
import type { BotContext } from "../../bot/context.ts";
import type { HostDetails } from "../../db/queries/access/hosts.ts";
import { timelineKinds } from "../../db/queries/people/admin.ts";
import { type ApprovalId, customerId, hostId, telegramId } from "../../domain/ids.ts";
import { currencies, money } from "../../domain/money.ts";
import { newPlan } from "../../domain/payments/plan-change.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import type { Customer, Language } from "../../domain/people/customer.ts";
import {
  builtInValue,
  longestPage,
  parseSetting,
  settingKeys,
  usualShopSettings,
} from "../../domain/operations/shop-settings.ts";
import { instant } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";
import { anyPayment } from "./drawn-payments.ts";
import { anyLanguage, anyMoment, anyName, nameOf } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const reader = useReader();
const contextIn = (language: Language) =>
  ({
    language,
    texts: textsIn(language),
    shop: usualShopSettings,
    zone: "UTC",
    customer: { role: "admin" },
  }) as BotContext;

const hostNamed = (name: string, index: number): HostDetails => ({
  id: hostId(`01890000-0000-7000-8000-${String(index).padStart(12, "0")}`),
  name,
  kind: "pasarguard",
  state: index % 2 === 0 ? "open" : "draining",
  endpoint: `https://${"a".repeat(250)}.example`,
  network: undefined,
  network6: undefined,
  location: undefined,
  capacity: 1_000_000,
  weight: 1_000,
  living: index % 3,
  letIn: 1,
  left: 0,
  refused: 1,
  isMaintained: index % 5 === 0,
  seenAt: undefined,
  awaySince: index % 2 === 0 ? undefined : instant(0),
  sickSince: instant(0),
  probes: Array.from({ length: 9 }, () => ({
    source: "n".repeat(32),
    verdict: "sick" as const,
    latencyMs: undefined,
    trouble: "<".repeat(300),
    probedAt: instant(0),
  })),
  trouble: name.repeat(20),
  addedAt: instant(0),
});

test("the pages of hosts fit a message, whatever the hosts are called", () =>
  fc.assert(
    fc.asyncProperty(nameOf(64), anyLanguage, async (name, language) => {
      const context = contextIn(language);
      const all = Array.from({ length: 40 }, (_, index) => hostNamed(name, index));
      for (const page of [
        hostsPage(context, all),
        hostPage(context, all[1]!),
        removalPage(context, all[0]!, all),
      ]) {
        await reader.it.expectAccepted(page.text, page.buttons);
      }
    }),
    { numRuns: 25, examples: [["<b>&</i>", "en"]] },
  ));

const customerNamed = (name: string): Customer => ({
  id: customerId("01890000-0000-7000-8000-000000000000"),
  telegramId: telegramId(2 ** 52 - 1),
  firstName: name,
  lastName: name,
  username: "a_very_long_username_of_32_chars",
  language: "en",
  role: "customer",
  status: "active",
  rejectedAt: undefined,
});

test("twenty open requests fit a message with their buttons, whoever asks", () =>
  fc.assert(
    fc.asyncProperty(anyName, anyMoment, anyLanguage, async (name, at, language) => {
      const { id, telegramId: from } = customerNamed(name);
      const amount = money(Number.MAX_SAFE_INTEGER, "RUB");
      const refund = { amount, gateway: gatewayName("memory"), reason: name };
      const request = {
        approvalId: `signup:${from}` as ApprovalId,
        ask: "0123abcd",
        subject: { kind: "refund" as const, customerId: id, telegramId: from, ...refund },
        person: { telegramId: from, name },
        askedAt: at,
      };
      const requests = Array.from({ length: 20 }, () => request);
      const { text, buttons } = pendingPage(contextIn(language), requests);
      await reader.it.expectAccepted(text, buttons);
    }),
    { numRuns: 25 },
  ));

test("a customer's card fits a message, whatever they have and whoever they are", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ name: anyName, device: nameOf(32), at: anyMoment, count: fc.nat(90) }),
      fc.array(anyPayment, { maxLength: 3 }),
      anyLanguage,
      async ({ name, device, at, count }, payments, language) => {
        const devices = Array.from({ length: 10 }, () => ({ name: device }));
        const most = Number.MAX_SAFE_INTEGER;
        const names = { en: name, ru: name };
        const subscriptions = Array.from({ length: count }, (_, place) => ({
          summary: {
            number: place + 1,
            paidUntil: at,
            plan: "month",
            planNames: names,
            extraDevices: [],
          },
          current: { state: "active", paidUntil: at, code: "month", plan: { names } },
          devices,
          traffic: { usedBytes: most, limitBytes: most },
        }));
        const seen = {
          customer: customerNamed(name),
          subscriptions,
          timeline: Array.from({ length: 15 }, (_, place) => {
            const kind = timelineKinds[place % timelineKinds.length]!;
            return { at, kind, detail: name, by: name };
          }),
          payments,
          balances: [money(1, "RUB")],
          inviter: { telegramId: telegramId(2 ** 52 - 1), name },
          invitedCount: 1_000,
          hasTicket: true,
        };
        const { text, buttons } = customerPage(contextIn(language), seen as never);
        await reader.it.expectAccepted(text, buttons);
      },
    ),
    { numRuns: 25 },
  ));

test("settings and plans fit a message, however long their texts are", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...settingKeys),
      fc.string({ unit: "binary", minLength: 1, maxLength: longestPage }),
      nameOf(32),
      anyLanguage,
      async (key, words, name, language) => {
        const context = contextIn(language);
        const set = settingKeys.map((one) => {
          const value = parseSetting(one, words) ?? builtInValue(one);
          return { key: one, value, source: "admin" as const };
        });
        const plan = {
          ...newPlan(name, [])!,
          version: 1,
          descriptions: { en: name.repeat(6), ru: name.repeat(6) },
          prices: Object.fromEntries(currencies.map((code) => [code, Number.MAX_SAFE_INTEGER])),
        };
        const newest = { plan, isRetired: false };
        const setting = set.find((one) => one.key === key)!;
        for (const { text, buttons } of [
          settingsPage(context, set),
          settingPage(context, setting, context.texts.operations.settings.same),
          editPlansPage(
            context,
            Array.from({ length: 30 }, () => newest),
          ),
          editPlanPage(context, newest),
          planFieldPage(context, newest, "description-ru"),
        ]) {
          await reader.it.expectAccepted(text, buttons);
        }
      },
    ),
    { numRuns: 15 },
  ));

test("a list of payments fits under a message, whatever their customers' names", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyPayment, { minLength: 1, maxLength: 10 }),
      anyLanguage,
      async (payments, language) => {
        const entries = paymentEntries(
          contextIn(language),
          payments,
          ({ customer }) => customer.name,
        );
        const lines = entries.map(({ line = "" }) => line);
        const buttons = entries.flatMap((entry) => entry.buttons ?? []);
        await reader.it.expectAccepted(lines.join("\n"), buttons);
      },
    ),
    { numRuns: 25 },
  ));
