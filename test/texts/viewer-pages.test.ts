import { expect, test } from "vitest";
import { gatewayOrderPage } from "../../bot/commands/operations/gateway-order-page.ts";
import {
  editPlanPage,
  editPlansPage,
  planFieldPage,
  planPartPage,
} from "../../bot/commands/operations/plan-editor-pages.ts";
import {
  sectionPage,
  settingPage,
  settingsPage,
} from "../../bot/commands/operations/setting-pages.ts";
import type { Page } from "../../bot/commands/paging.ts";
import { unmatchedPage } from "../../bot/commands/payments/unmatched.ts";
import { pendingPage } from "../../bot/commands/people/approvals.ts";
import { decisionsPage } from "../../bot/commands/people/decisions.ts";
import type { BotContext } from "../../bot/context.ts";
import { settingSections } from "../../bot/setting-sections.ts";
import { telegramId } from "../../domain/ids.ts";
import {
  builtInValue,
  settingKeys,
  usualShopSettings,
} from "../../domain/operations/shop-settings.ts";
import { newPlan, planFields, planParts } from "../../domain/payments/plan-change.ts";
import { type Language, languages, type Role } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";

const contextOf = (language: Language, role: Role) =>
  ({
    language,
    texts: textsIn(language),
    shop: usualShopSettings,
    zone: "UTC",
    customer: { role },
  }) as BotContext;

/** What asks a reader to do something. */
const asks =
  /\b(?:choose|send|press|type|move|write)\b|what you change|can be undone|(?:выберите|пришлите|нажмите|напишите|переставляйте|изменения действуют|можно отменить)/iu;

/** Every page on which an admin changes or decides something. */
function pagesOf(context: BotContext): readonly Page[] {
  const all = settingKeys.map((key) => {
    return { key, value: builtInValue(key), source: "built in" as const };
  });
  const newest = { plan: { ...newPlan("month", [])!, version: 1 }, isRetired: false };
  const at = instant("2026-11-28T10:00:00Z");
  const decided = {
    ask: "0123abcd",
    state: "approved",
    person: { telegramId: telegramId(5), name: "Bob" },
    at,
    by: "Alice",
    reason: undefined,
    undoneBy: undefined,
    isAsDecided: true,
  } as const;
  return [
    settingsPage(context, all),
    ...settingSections.map((section) => sectionPage(context, all, section)),
    ...all.map((setting) => settingPage(context, setting)),
    gatewayOrderPage(
      context,
      all.find(({ key }) => key === "gateways")!,
      {
        methods: [],
        above: undefined,
      },
    ),
    editPlansPage(context, [newest]),
    editPlanPage(context, newest),
    ...planParts.map((part) => planPartPage(context, newest, part)),
    ...planFields.map((field) => planFieldPage(context, newest, field)),
    decisionsPage(context, [decided], { now: at }),
    pendingPage(context, []),
    unmatchedPage(context, []),
  ];
}

test.each(languages)("no page of a viewer asks for what a viewer cannot do (%s)", (language) => {
  const asked = (role: Role) =>
    pagesOf(contextOf(language, role))
      .map(({ text }) => text)
      .filter((text) => asks.test(text));
  expect(asked("viewer")).toEqual([]);
  // The same pages tell an admin how.
  expect(asked("admin").length).toBeGreaterThan(30);
});
