import { packsEnds } from "../../../domain/access/limit-period.ts";
import { adminMenuButton } from "../../../domain/messaging/buttons.ts";
import { type Currency, money } from "../../../domain/money.ts";
import {
  fieldsOf,
  fieldsOfPart,
  partOf,
  type PlanField,
  type PlanPart,
  planParts,
  saleModes,
} from "../../../domain/payments/plan-change.ts";
import { periodModes } from "../../../domain/payments/plan-traffic.ts";
import type { NewestPlan, Plan, Prices } from "../../../domain/payments/plan.ts";
import { escapeHtml } from "../../../texts/index.ts";
import {
  askFieldButton,
  editPlanButton,
  editPlansButton,
  newPlanButton,
  planFieldButton,
  planPartButton,
  setFieldButton,
} from "../../shop-buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import { buttonMark } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { amountsIn } from "../payments/payment-lines.ts";
import { fieldAbout, fieldName, fieldValue, gigabytes, modeIn, nounOf } from "./plan-fields.ts";
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
    line: plans.line(
      one.plan.names[language],
      pricesIn(context, one.plan.prices),
      modeIn(context, one),
    ),
    buttons: [
      [
        {
          text: truncate(`🏷 ${one.plan.names[language]}`, longestLabel),
          data: editPlanButton.data({ code: one.plan.code }),
        },
      ],
    ],
  }));
  const title = may(context, "changeShop") ? `${plans.title}\n${plans.versions}` : plans.title;
  const list = {
    head: newest.length === 0 ? `${title}\n\n${plans.none}` : `${title}\n`,
    entries,
    buttons: may(context, "changeShop")
      ? [[{ text: plans.add, data: newPlanButton.data({}) }]]
      : [],
    perPage: 8,
    turnTo: (page: number) => editPlansButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), adminMenuButton.data({}));
}

const pricesIn = (context: BotContext, prices: Prices = {}): string =>
  amountsIn(
    context,
    Object.entries(prices).map(([currency, minor]) => money(minor, currency as Currency)),
  );

/** One plan with what it is now, and its parts; `above` is what has just happened to it. */
export function editPlanPage(context: BotContext, newest: NewestPlan, above?: string): Page {
  const { plan } = newest;
  const { code } = plan;
  const { plans, settings } = context.texts.operations;
  const parts = partsOf(newest);
  const lines = [
    ...(plan.trial ? [] : [settings.line(plans.names.sale, modeIn(context, newest))]),
    ...parts.map((part) => settings.line(plans.parts[part], partValue(context, newest, part))),
  ];
  const head = above === undefined ? [] : [above, ""];
  const card = plans.card(plan.names[context.language], plan.version);
  const sale = { text: plans.names.sale, data: planFieldButton.data({ code, field: "sale" }) };
  const buttons = parts.map((part) => {
    return { text: plans.parts[part], data: planPartButton.data({ code, part }) };
  });
  const page = {
    text: [...head, card, ...lines].join("\n"),
    buttons: inRows([...(plan.trial ? [] : [sale]), ...buttons]),
  };
  return withBack(context, page, editPlansButton.data({}));
}

/** The parts that a plan has: nothing is sold of the trial. */
const partsOf = ({ plan }: NewestPlan): readonly PlanPart[] =>
  planParts.filter((part) => fieldsIn(plan, part).length > 0);

const fieldsIn = (plan: Plan, part: PlanPart): readonly PlanField[] => {
  const all = fieldsOf(plan);
  return fieldsOfPart[part].filter((field) => all.includes(field));
};

/** What a part of a plan is now, in a line. */
function partValue(context: BotContext, newest: NewestPlan, part: PlanPart): string {
  const { plan } = newest;
  const { notSold } = context.texts.operations.plans;
  switch (part) {
    case "prices":
      return pricesIn(context, plan.prices) || notSold;
    case "limits":
      return fieldsIn(plan, part)
        .map((field) => fieldValue(context, newest, field))
        .join(", ");
    case "words":
      return escapeHtml(truncate(plan.descriptions[context.language], longestInLine));
    case "devices":
      return pricesIn(context, plan.extraDevice) || notSold;
    case "packs": {
      const prices = pricesIn(context, plan.trafficPack?.prices);
      return prices ? `${fieldValue(context, newest, "pack")}, ${prices}` : notSold;
    }
    case "locations":
      return fieldValue(context, newest, "locations");
  }
}

const longestInLine = 60;

/** One part of a plan with each thing that can be changed; `above` has just happened to it. */
export function planPartPage(
  context: BotContext,
  newest: NewestPlan,
  part: PlanPart,
  above?: string,
): Page {
  const { plans, settings } = context.texts.operations;
  const { names, code } = newest.plan;
  const fields = fieldsIn(newest.plan, part);
  const isAddOn = part === "devices" || part === "packs";
  const head = [
    ...(above === undefined ? [] : [above, ""]),
    plans.partTitle(names[context.language], plans.parts[part]),
    ...(isAddOn ? [plans.addOns] : []),
  ];
  const lines = fields.map((field) =>
    settings.line(fieldName(context, field), fieldValue(context, newest, field)),
  );
  const buttons = fields.map((field) => {
    return { text: fieldName(context, field), data: planFieldButton.data({ code, field }) };
  });
  const page = { text: [...head, ...lines].join("\n"), buttons: inRows(buttons) };
  return withBack(context, page, editPlanButton.data({ code }));
}

/** The page of a plan that a field is on. */
export function pageWithField(
  context: BotContext,
  newest: NewestPlan,
  { field, above }: { readonly field: PlanField; readonly above?: string },
): Page {
  const part = partOf(field);
  return part === undefined
    ? editPlanPage(context, newest, above)
    : planPartPage(context, newest, part, above);
}

/** One thing about a plan, with values to choose from. */
export function planFieldPage(context: BotContext, newest: NewestPlan, field: PlanField): Page {
  const { settings } = context.texts.operations;
  const { code } = newest.plan;
  const part = partOf(field);
  const now = fieldValue(context, newest, field);
  return valuePage(context, {
    text: settings.page(fieldName(context, field), fieldAbout(context, field), now),
    choices: choicesOf(context, field).map(({ text, value }) => ({
      text,
      data: setFieldButton.data({ code, field, value, mark: buttonMark() }),
    })),
    ask: isChosen(field) ? undefined : askFieldButton.data({ code, field }),
    back: part === undefined ? editPlanButton.data({ code }) : planPartButton.data({ code, part }),
  });
}

/** Fields whose value is one of a few. */
const isChosen = (field: PlanField): boolean =>
  field === "sale" || field === "period" || field === "lasting";

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
    case "grace":
      return [...numbers([1, 3, 7], plans.days), { text: plans.noGrace, value: "off" }];
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
    case "period":
      return periodModes.map((mode) => ({ text: plans.periods[mode], value: mode }));
    case "lasting":
      return packsEnds.map((mode) => ({ text: plans.packsEnds[mode], value: mode }));
    case "locations":
      return [{ text: plans.anywhereButton, value: "off" }];
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
