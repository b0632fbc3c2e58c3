// The buttons by which admins change the shop's settings and plans.
import { button, markPart, optional, pagePart, textPart } from "../domain/messaging/buttons.ts";
import { type SettingKey, settingKeys } from "../domain/operations/shop-settings.ts";
import { type Move, moves } from "../domain/payments/method-order.ts";
import {
  type PlanField,
  planFields,
  type PlanPart,
  planParts,
} from "../domain/payments/plan-change.ts";
import { gatewayPart, planCodePart } from "./buttons.ts";
import { type SettingSection, settingSections } from "./setting-sections.ts";

const settingKeyPart = textPart<SettingKey>(new RegExp(settingKeys.join("|"), "u"));
const planFieldPart = textPart<PlanField>(new RegExp(planFields.join("|"), "u"));
/** One of the values that a page offers. */
const choicePart = textPart(/[\w+/-]{1,24}/u);
const ofSetting = { key: settingKeyPart };
const ofField = { code: planCodePart, field: planFieldPart };

/** The sections of the shop's settings, or one of them. */
export const settingsButton = button("settings", {
  section: optional(textPart<SettingSection>(new RegExp(settingSections.join("|"), "u"))),
});
/** Sets it to one of the values on its page. */
export const setSettingButton = button("setting-set", {
  ...ofSetting,
  value: choicePart,
  mark: markPart,
});
/** Asks for its value as a message. */
export const askSettingButton = button("setting-ask", ofSetting);
/** Sets it back to what applies where no admin has set it. */
export const resetSettingButton = button("setting-reset", { ...ofSetting, mark: markPart });

/** Moves a way to pay one place up or down. */
export const moveGatewayButton = button("gateways-move", {
  gateway: gatewayPart,
  to: textPart<Move>(new RegExp(moves.join("|"), "u")),
  mark: markPart,
});

/** All plans, to be changed. */
export const editPlansButton = button("plans-edit", { page: optional(pagePart) });
/** One plan, to be changed. */
export const editPlanButton = button("plan-edit", { code: planCodePart });
/** One part of a plan, to be changed. */
export const planPartButton = button("plan-part", {
  code: planCodePart,
  part: textPart<PlanPart>(new RegExp(planParts.join("|"), "u")),
});
/** What is added to a plan: it is two of its parts now. */
export const editAddOnsButton = button("plan-add-ons", { code: planCodePart });
/** One thing about a plan. */
export const planFieldButton = button("plan-field", ofField);
/** Changes it to one of the values on its page. */
export const setFieldButton = button("plan-set", {
  ...ofField,
  value: choicePart,
  mark: markPart,
});
/** Asks for its value as a message. */
export const askFieldButton = button("plan-ask", ofField);
/** Asks for the name of a new plan. */
export const newPlanButton = button("plan-new", {});
