import { type Currency, money } from "../../../domain/money.ts";
import {
  addOnFields,
  bytesInGb,
  fieldsOf,
  type PlanField,
  type PlanNoun,
  saleModeOf,
  saleModes,
} from "../../../domain/payments/plan-change.ts";
import type { NewestPlan, Plan, Prices } from "../../../domain/payments/plan.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { escapeHtml, isolated, textsIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import {
  adminMenuButton,
  askFieldButton,
  editAddOnsButton,
  editPlanButton,
  editPlansButton,
  newPlanButton,
  planFieldButton,
  setFieldButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import { buttonMark } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { amountsIn } from "../payments/payment-lines.ts";
import { inRows, valuePage } from "./value-page.ts";

/** All plans with their prices and who may buy them. */
export function editPlansPage(
  context: BotContext,
  newest: readonly NewestPlan[],
  number = 1,
): Page {
  const { texts, language } = context;
  const { plans } = texts.operations;
  const entries = newest.map((one) => ({
    line: plans.line(one.plan.names[language], pricesIn(context, one.plan), modeIn(context, one)),
    buttons: [
      [
        {
          text: truncate(`🏷 ${one.plan.names[language]}`, longestLabel),
          data: editPlanButton.data({ code: one.plan.code }),
        },
      ],
    ],
  }));
  const list = {
    head: newest.length === 0 ? `${plans.title}\n\n${plans.none}` : `${plans.title}\n`,
    entries,
    buttons: may(context, "changeShop")
      ? [[{ text: plans.add, data: newPlanButton.data({}) }]]
      : [],
    perPage: 10,
    turnTo: (page: number) => editPlansButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), adminMenuButton.data({}));
}

const pricesIn = (context: BotContext, { prices }: Plan): string =>
  amountsIn(
    context,
    Object.entries(prices).map(([currency, minor]) => money(minor, currency as Currency)),
  );

const modeIn = ({ texts }: BotContext, newest: NewestPlan): string => {
  const { plans } = texts.operations;
  return newest.plan.trial ? plans.trial : plans.modes[saleModeOf(newest)];
};

/** One plan with each thing that can be changed; `above` is what has just happened to it. */
export function editPlanPage(context: BotContext, newest: NewestPlan, above?: string): Page {
  const { plan } = newest;
  const { plans } = context.texts.operations;
  const all = fieldsOf(plan);
  const fields = all.filter((field) => !addOnFields.includes(field));
  const card = plans.card(plan.names[context.language], plan.version);
  const head = [...(above === undefined ? [] : [above, ""]), card];
  const { text, buttons } = fieldsPage(context, newest, { head, fields });
  const more = { text: plans.addOnsButton, data: editAddOnsButton.data({ code: plan.code }) };
  const rows = all.length > fields.length ? [...buttons, [more]] : buttons;
  return withBack(context, { text, buttons: rows }, editPlansButton.data({}));
}

/** What is added to a plan, and for how much. */
export function editAddOnsPage(context: BotContext, newest: NewestPlan, above?: string): Page {
  const { plans } = context.texts.operations;
  const { names, code } = newest.plan;
  const head = [...(above === undefined ? [] : [above, ""]), plans.addOns(names[context.language])];
  const page = fieldsPage(context, newest, { head, fields: addOnFields });
  return withBack(context, page, editPlanButton.data({ code }));
}

/** The page of a plan that a field is on. */
export const pageWithField = (
  context: BotContext,
  newest: NewestPlan,
  { field, above }: { readonly field: PlanField; readonly above?: string },
): Page =>
  addOnFields.includes(field)
    ? editAddOnsPage(context, newest, above)
    : editPlanPage(context, newest, above);

interface Fields {
  readonly head: readonly string[];
  readonly fields: readonly PlanField[];
}

function fieldsPage(context: BotContext, newest: NewestPlan, { head, fields }: Fields): Page {
  const { settings } = context.texts.operations;
  const { code } = newest.plan;
  const lines = fields.map((field) =>
    settings.line(fieldName(context, field), fieldValue(context, newest, field)),
  );
  const buttons = fields.map((field) => {
    return { text: fieldName(context, field), data: planFieldButton.data({ code, field }) };
  });
  return { text: [...head, ...lines].join("\n"), buttons: inRows(buttons) };
}

/** One thing about a plan, with values to choose from. */
export function planFieldPage(context: BotContext, newest: NewestPlan, field: PlanField): Page {
  const { settings } = context.texts.operations;
  const { code } = newest.plan;
  const now = fieldValue(context, newest, field);
  return valuePage(context, {
    text: settings.page(fieldName(context, field), fieldHow(context, field), now),
    choices: choicesOf(context, field).map(({ text, value }) => ({
      text,
      data: setFieldButton.data({ code, field, value, mark: buttonMark() }),
    })),
    ask: field === "sale" ? undefined : askFieldButton.data({ code, field }),
    back: addOnFields.includes(field)
      ? editAddOnsButton.data({ code })
      : editPlanButton.data({ code }),
  });
}

interface Choice {
  readonly text: string;
  readonly value: string;
}

function choicesOf(context: BotContext, field: PlanField): readonly Choice[] {
  const { plans } = context.texts.operations;
  switch (nounOf(field).noun) {
    case "sale":
      return saleModes.map((mode) => ({ text: plans.modeButtons[mode], value: mode }));
    case "days":
      return numbers([7, 30, 90, 180, 365], plans.days);
    case "devices":
      return numbers([1, 2, 3, 5, 10], plans.devices);
    case "traffic": {
      const gb = numbers([50, 100, 500], (n) => gigabytes(context, n));
      return [...gb, { text: plans.unlimited, value: "off" }];
    }
    case "pack": {
      if (field !== "pack") return [{ text: plans.noPriceSet, value: "off" }];
      const gb = numbers([5, 10, 50, 100], (n) => gigabytes(context, n));
      return [...gb, { text: plans.noPriceSet, value: "off" }];
    }
    case "price":
    case "device":
      return [{ text: plans.noPriceSet, value: "off" }];
    case "name":
    case "description":
      return [];
  }
}

const numbers = (all: readonly number[], words: (n: number) => string): Choice[] =>
  all.map((n) => ({ text: words(n), value: String(n) }));

const gigabytes = ({ texts }: BotContext, n: number): string =>
  `${n} ${texts.access.traffic.units[3]}`;

function nounOf(field: PlanField): { readonly noun: PlanNoun; readonly of: string } {
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
      return names[noun](textsIn(of as Language).people.language.name);
    case "days":
    case "devices":
    case "traffic":
    case "sale":
      return names[noun];
  }
}

/** What to send for it. */
export function fieldHow({ texts }: BotContext, field: PlanField): string {
  const { how } = texts.operations.plans;
  return field === "pack" ? how.packSize : how[nounOf(field).noun];
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
    case "devices":
      return plans.devices(plan.deviceLimit);
    case "traffic": {
      const bytes = plan.trafficLimitBytes;
      return bytes === undefined ? plans.unlimited : gigabytes(context, bytes / bytesInGb);
    }
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
