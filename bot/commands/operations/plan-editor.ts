import type { Composer } from "telegraf";
import type { ShopChangeResult } from "../../../domain/operations/shop-change.ts";
import type { PlanField, PlanPart } from "../../../domain/payments/plan-change.ts";
import { fieldsOf, planFields } from "../../../domain/payments/plan-change.ts";
import { type SettingKey, settingKeys } from "../../../domain/operations/shop-settings.ts";
import type { NewestPlan, PlanCode } from "../../../domain/payments/plan.ts";
import {
  askFieldButton,
  editAddOnsButton,
  editPlanButton,
  editPlansButton,
  newPlanButton,
  planFieldButton,
  planPartButton,
  setFieldButton,
} from "../../shop-buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, requestIdOf, say, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import {
  editPlanPage,
  editPlansPage,
  pageWithField,
  planFieldPage,
  planPartPage,
} from "./plan-editor-pages.ts";
import { fieldAbout, fieldHow, fieldName, fieldValue } from "./plan-fields.ts";
import { takeLocationValue } from "./locations.ts";
import { makeChange, takeSetting } from "./settings.ts";

/** The plans as admins change them: each change is a new version. */
export function addPlanEditor(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminPageButton(bot, editPlansButton, "plans-edit", async (context, { page }) =>
    editPlansPage(context, await orUnavailable(ports.plans.listNewest()), page),
  );
  onAdminPageButton(bot, editPlanButton, "plan-edit", (context, { code }) =>
    pageOfPlan(context, ports, code, (newest) => editPlanPage(context, newest)),
  );
  const openPart = (context: BotContext, code: PlanCode, part: PlanPart) =>
    pageOfPlan(context, ports, code, (newest) => planPartPage(context, newest, part));
  onAdminPageButton(bot, planPartButton, "plan-part", (context, { code, part }) =>
    openPart(context, code, part),
  );
  onAdminPageButton(bot, editAddOnsButton, "plan-add-ons", (context, { code }) =>
    openPart(context, code, "devices"),
  );
  onAdminPageButton(bot, planFieldButton, "plan-field", (context, { code, field }) =>
    pageOfPlan(context, ports, code, (newest) =>
      fieldsOf(newest.plan).includes(field)
        ? planFieldPage(context, newest, field)
        : editPlanPage(context, newest),
    ),
  );
  onAdminButton(bot, setFieldButton, "plan-set", async (context, { code, field, value }) => {
    const { settings } = context.texts.operations;
    const result = await makeChange(context, ports, { kind: "plan", code, field, value });
    if (result.kind === "refused") {
      return answerPress(context, plain(refusalOf(context, result.why, field)), true);
    }
    if (result.kind === "same") return answerPress(context, settings.same);
    answerPress(context, settings.saved);
    const { text, buttons } = await changedPage(context, ports, { code, field });
    await show(context, text, buttons);
  });
  onAdminButton(bot, askFieldButton, "plan-ask", async (context, { code, field }) => {
    answerPress(context);
    await askForField(context, ports, { code, field });
  });
  onAdminButton(bot, newPlanButton, "plan-new", async (context) => {
    answerPress(context);
    await askForName(context, ports);
  });
}

async function pageOfPlan(
  context: BotContext,
  { plans }: BotPorts,
  code: PlanCode,
  render: (newest: NewestPlan) => Page,
): Promise<Page> {
  const newest = await orUnavailable(plans.listNewest());
  const found = newest.find(({ plan }) => plan.code === code);
  if (found !== undefined) return render(found);
  const page = { text: context.texts.operations.plans.gone, buttons: [] };
  return withBack(context, page, editPlansButton.data({}));
}

interface FieldOfPlan {
  readonly code: PlanCode;
  readonly field: PlanField;
}

const changedPage = (
  context: BotContext,
  ports: BotPorts,
  { code, field }: FieldOfPlan,
): Promise<Page> =>
  pageOfPlan(context, ports, code, (newest) => {
    const { plans, settings } = context.texts.operations;
    const value = fieldValue(context, newest, field);
    const above = settings.changed(fieldName(context, field), value, plans.effect);
    return pageWithField(context, newest, { field, above });
  });

type Refusal = Extract<ShopChangeResult, { kind: "refused" }>["why"];

function refusalOf(context: BotContext, why: Refusal, field: PlanField): string {
  const { plans, settings } = context.texts.operations;
  switch (why) {
    case "badValue":
      return settings.wrong(fieldHow(context, field));
    case "noPrice":
      return plans.noPrice;
    case "noPlan":
      return plans.gone;
    case "notAdmin":
    case "noLocation":
    case "codeTaken":
    case "hasHosts":
      return settings.notAdmin;
  }
}

/** An answer to a press has no markup. */
const plain = (html: string): string => html.replaceAll(/<[^>]+>/gu, "");

async function askForField(
  context: BotContext,
  { dialogues }: DialoguePorts,
  { code, field }: FieldOfPlan,
  problem?: string,
): Promise<void> {
  const { settings } = context.texts.operations;
  await dialogues.open(context.telegramId, "shop", `plan ${code} ${field}`);
  const question = settings.ask(fieldName(context, field), fieldAbout(context, field));
  await ask(context, problem ?? question, settings.field);
}

async function askForName(
  context: BotContext,
  { dialogues }: DialoguePorts,
  problem?: string,
): Promise<void> {
  const { plans } = context.texts.operations;
  await dialogues.open(context.telegramId, "shop", "new-plan");
  await ask(context, problem ?? plans.askName, plans.nameField);
}

async function takeField(
  context: BotContext,
  ports: DialoguePorts,
  of: FieldOfPlan,
  value: string,
): Promise<void> {
  context.handler = "plan-write";
  const { settings } = context.texts.operations;
  const result = await makeChange(context, ports, { kind: "plan", ...of, value });
  if (result.kind === "refused") {
    const problem = refusalOf(context, result.why, of.field);
    if (result.why === "badValue") return askForField(context, ports, of, problem);
    const back = await pageOfPlan(context, ports, of.code, (newest) =>
      pageWithField(context, newest, { field: of.field, above: problem }),
    );
    return say(context, back.text, back.buttons);
  }
  const page =
    result.kind === "same"
      ? await pageOfPlan(context, ports, of.code, (newest) =>
          pageWithField(context, newest, { field: of.field, above: settings.same }),
        )
      : await changedPage(context, ports, of);
  await say(context, page.text, page.buttons);
}

async function takeName(context: BotContext, ports: DialoguePorts, name: string): Promise<void> {
  context.handler = "plan-new";
  const { plans, settings } = context.texts.operations;
  const result = await makeChange(context, ports, { kind: "newPlan", name });
  if (result.kind === "refused" && result.why === "notAdmin") {
    return say(context, settings.notAdmin);
  }
  if (result.kind !== "changed" || result.plan === undefined) {
    return askForName(context, ports, settings.wrong(plans.how.name));
  }
  const page = await pageOfPlan(context, ports, result.plan, (newest) =>
    editPlanPage(context, newest, plans.added),
  );
  await say(context, page.text, page.buttons);
}

/**
 * Takes the message that answers a question about a setting, a plan or a location; false where this admin was
 * not asked for one.
 */
export async function takeShopValue(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  if (!may(context, "changeShop")) return false;
  const requestId = requestIdOf(context);
  const subject = await ports.dialogues.claim(context.telegramId, "shop", requestId);
  const parts = subject?.split(" ") ?? [];
  if (await takeLocationValue(context, ports, { subject: parts, text })) return true;
  const [kind, first, second] = parts;
  const key: SettingKey | undefined = settingKeys.find((one) => one === first);
  const field = planFields.find((one) => one === second);
  if (kind === "setting" && key !== undefined) {
    await takeSetting(context, ports, { key, value: text });
    return true;
  }
  if (kind === "plan" && field !== undefined) {
    await takeField(context, ports, { code: first as PlanCode, field }, text);
    return true;
  }
  if (kind !== "new-plan") return false;
  await takeName(context, ports, text);
  return true;
}
