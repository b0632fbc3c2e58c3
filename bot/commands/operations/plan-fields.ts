import { type Currency, money } from "../../../domain/money.ts";
import {
  bytesInGb,
  type PlanField,
  type PlanNoun,
  saleModeOf,
} from "../../../domain/payments/plan-change.ts";
import { periodModeOf } from "../../../domain/payments/plan-traffic.ts";
import type { NewestPlan, Prices } from "../../../domain/payments/plan.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { escapeHtml, isolated } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext } from "../../context.ts";
import { explained } from "./setting-pages.ts";

/** Who may buy it, in words. */
export const modeIn = ({ texts }: BotContext, newest: NewestPlan): string => {
  const { plans } = texts.operations;
  return newest.plan.trial ? plans.trial : plans.modes[saleModeOf(newest)];
};

/** A size, in words. */
export const gigabytes = ({ texts }: BotContext, n: number): string =>
  `${n} ${texts.access.traffic.units[3]}`;

/** What a field is about, and of what: a currency, a language. */
export function nounOf(field: PlanField): { readonly noun: PlanNoun; readonly of: string } {
  const [noun, of = ""] = field.split("-");
  return { noun: noun as PlanNoun, of };
}

/** What is changed, in the admin's language. */
export function fieldName({ texts }: BotContext, field: PlanField): string {
  const { names } = texts.operations.plans;
  const { noun, of } = nounOf(field);
  switch (noun) {
    case "price":
    case "device":
      return names[noun](of);
    case "pack":
      return of === "" ? names.packSize : names.pack(of);
    case "name":
    case "description":
      return names[noun](texts.people.languages[of as Language]);
    case "days":
    case "grace":
    case "devices":
    case "traffic":
    case "period":
    case "lasting":
    case "locations":
    case "sale":
      return names[noun];
  }
}

const explanationOf = (field: PlanField): PlanNoun | "packSize" =>
  field === "pack" ? "packSize" : nounOf(field).noun;

/** What to send for it. */
export const fieldHow = ({ texts }: BotContext, field: PlanField): string =>
  texts.operations.plans.how[explanationOf(field)];

/** What it is about and, for those who may change it, what to send for it. */
export function fieldAbout(context: BotContext, field: PlanField): string {
  const { about } = context.texts.operations.plans;
  return explained(context, about[explanationOf(field)], fieldHow(context, field));
}

/** What it is now, in words. */
export function fieldValue(context: BotContext, newest: NewestPlan, field: PlanField): string {
  const { plan } = newest;
  const { plans } = context.texts.operations;
  const { noun, of } = nounOf(field);
  switch (noun) {
    case "price":
      return priceIn(context, plan.prices, of as Currency);
    case "device":
      return priceIn(context, plan.extraDevice, of as Currency);
    case "pack": {
      const { trafficPack: pack } = plan;
      if (field !== "pack") return priceIn(context, pack?.prices, of as Currency);
      return pack === undefined ? plans.noPriceSet : gigabytes(context, pack.bytes / bytesInGb);
    }
    case "name":
      return isolated(plan.names[of as Language]);
    case "description":
      return escapeHtml(plan.descriptions[of as Language]);
    case "days":
      return plans.days(plan.days);
    case "grace":
      return plan.graceDays === undefined ? plans.noGrace : plans.days(plan.graceDays);
    case "devices":
      return plans.devices(plan.deviceLimit);
    case "traffic": {
      const bytes = plan.trafficLimitBytes;
      return bytes === undefined ? plans.unlimited : gigabytes(context, bytes / bytesInGb);
    }
    case "period":
      return plans.periods[periodModeOf(plan)];
    case "lasting":
      return plans.packsEnds[plan.packsEnd ?? "usedUp"];
    case "locations":
      return plan.locationGroups?.join(", ") ?? plans.anywhere;
    case "sale":
      return modeIn(context, newest);
  }
}

function priceIn(
  { texts, language }: BotContext,
  prices: Prices | undefined,
  currency: Currency,
): string {
  const minor = prices?.[currency];
  if (minor === undefined) return texts.operations.plans.noPriceSet;
  return moneyIn(language, money(minor, currency));
}
