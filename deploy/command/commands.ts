import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { listSettings as readSettings } from "../../db/queries/operations/shop-settings.ts";
import { PlanQueries } from "../../db/queries/payments/plans.ts";
import { type Currency, decimalOf, money } from "../../domain/money.ts";
import type { ShopChange, ShopChangeResult } from "../../domain/operations/shop-change.ts";
import { partsOf, type SettingKey, settingKeys } from "../../domain/operations/shop-settings.ts";
import { locationFields } from "../../domain/access/location-change.ts";
import { planFields, saleModeOf } from "../../domain/payments/plan-change.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { ChannelCheck } from "../../domain/people/channels.ts";
import { channelCheckLine } from "../../texts/channels.ts";
import { textsIn } from "../../texts/index.ts";
import {
  effectOnLocation,
  locationProblems,
  locationUsage,
  readLocationsCommand,
} from "./locations.ts";
import { type HostCommand, hostUsage, readHostCommand } from "./host-arguments.ts";

/** What can be written after `npm run tollgate --` or `deploy/tollgate.ts`. */
export const usage = `usage:
  settings [get [KEY]]           what the shop's settings are, and who has set them
  settings set KEY VALUE         sets one; VALUE off empties a text
  settings reset KEY             back to the environment's value, or the built-in one
  plans                          the plans with their newest versions
  plans set CODE FIELD VALUE     changes a plan: a new version
  plans add NAME                 a new plan, which is not on sale yet
${locationUsage}
  books                          the trial balance, and every disagreement in the books
${hostUsage}
keys: ${settingKeys.join(", ")}
fields: ${planFields.join(", ")}
fields of a location: ${locationFields.join(", ")}`;

/** What the command line asks for. */
export type Command =
  | { readonly kind: "settings"; readonly key?: SettingKey }
  | { readonly kind: "plans" }
  | { readonly kind: "books" }
  | { readonly kind: "locations" }
  | { readonly kind: "hosts"; readonly command: HostCommand }
  | { readonly kind: "change"; readonly change: ShopChange }
  | { readonly kind: "usage"; readonly problem?: string };

/** Reads the arguments; `usage` where they do not make one. */
export function readCommand([noun, verb, ...rest]: readonly string[]): Command {
  if (noun === "settings") return readSettingsCommand(verb, rest);
  if (noun === "plans") return readPlansCommand(verb, rest);
  if (noun === "locations") return readLocationsCommand(verb, rest);
  if (noun === "books") return { kind: "books" };
  if (noun === "hosts") {
    const read = readHostCommand(verb === undefined ? [] : [verb, ...rest]);
    return "problem" in read ? { kind: "usage", ...read } : { kind: "hosts", ...read };
  }
  return noun === undefined
    ? { kind: "usage" }
    : { kind: "usage", problem: `"${noun}" is not a command` };
}

function readSettingsCommand(verb = "get", [name, ...words]: readonly string[]): Command {
  if (verb === "get" && name === undefined) return { kind: "settings" };
  const key = settingKeys.find((one) => one === name);
  if (key === undefined) return { kind: "usage", problem: `"${name ?? ""}" is not a setting` };
  if (verb === "get") return { kind: "settings", key };
  if (verb === "reset") return { kind: "change", change: { kind: "setting", key, value: null } };
  if (verb !== "set") return { kind: "usage", problem: `"${verb}" is neither get, set nor reset` };
  if (words.length === 0) return { kind: "usage", problem: `which value should ${key} have?` };
  return { kind: "change", change: { kind: "setting", key, value: words.join(" ") } };
}

function readPlansCommand(verb: string | undefined, words: readonly string[]): Command {
  if (verb === undefined) return { kind: "plans" };
  if (verb === "add" && words.length > 0) {
    return { kind: "change", change: { kind: "newPlan", name: words.join(" ") } };
  }
  const [code, name, ...values] = words;
  if (verb !== "set" || code === undefined || name === undefined || values.length === 0) {
    return { kind: "usage", problem: "plans takes: set CODE FIELD VALUE, or add NAME" };
  }
  const field = planFields.find((one) => one === name);
  if (field === undefined) return { kind: "usage", problem: `a plan has no field "${name}"` };
  const value = values.join(" ");
  return { kind: "change", change: { kind: "plan", code: code as PlanCode, field, value } };
}

/** A line for each setting, or the value alone of the one that was named. */
export async function listSettings(em: EntityManager, key?: SettingKey): Promise<string[]> {
  const settings = await readSettings(queriesOf(em));
  if (key !== undefined) return [settings.find((one) => one.key === key)?.value ?? ""];
  return settings.map((one) => `${one.key} = ${oneLine(one.value)} (${one.source})`);
}

const oneLine = (text: string): string => JSON.stringify(text).slice(1, -1);

/** A line for each plan. */
export async function listPlans(em: EntityManager): Promise<string[]> {
  const newest = await new PlanQueries(em).listNewest();
  return newest.map(({ plan, isRetired }) => {
    const prices = Object.entries(plan.prices).map(([code, minor]) => {
      return `${decimalOf(money(minor, code as Currency))} ${code}`;
    });
    const sold = plan.trial ? "trial" : `sale ${saleModeOf({ plan, isRetired })}`;
    const groups =
      plan.locationGroups === undefined ? [] : [`locations ${plan.locationGroups.join(" ")}`];
    const parts = [`${plan.days} days`, `${plan.deviceLimit} devices`, sold, ...prices, ...groups];
    return `${plan.code} version ${plan.version}: ${plan.names.en}, ${parts.join(", ")}`;
  });
}

/** What came of a change, and whether it is so now. */
export function describeResult(
  change: ShopChange,
  result: ShopChangeResult,
): { readonly text: string; readonly isDone: boolean } {
  switch (result.kind) {
    case "same":
      return { text: ["It is so already.", ...checksOf(result)].join("\n"), isDone: true };
    case "changed":
      return {
        text: [effectOf(change, result.plan), ...checksOf(result)].join("\n"),
        isDone: true,
      };
    case "refused":
      return { text: problemOf(change, result.why), isDone: false };
  }
}

const checksOf = ({ channels = [] }: { readonly channels?: readonly ChannelCheck[] }): string[] =>
  channels.map((check) => channelCheckLine(textsIn("en"), check));

const { settings, plans, locations } = textsIn("en").operations;

function effectOf(change: ShopChange, plan: PlanCode | undefined): string {
  switch (change.kind) {
    case "setting": {
      const effect = settings.effects[partsOf(change.key).noun];
      return change.value === null
        ? `${change.key} is back to its default. ${effect}`
        : `${change.key} is set. ${effect}`;
    }
    case "plan":
      return `${change.code} has a new version. ${plans.effect}`;
    case "newPlan":
      return `The plan ${plan} is there, not on sale yet: set a price, then its field sale to all.`;
    case "newLocation":
    case "location":
    case "removeLocation":
      return effectOnLocation(change);
  }
}

function problemOf(
  change: ShopChange,
  why: Extract<ShopChangeResult, { kind: "refused" }>["why"],
): string {
  switch (why) {
    case "notAdmin":
      return settings.notAdmin;
    case "noPlan":
      return "there is no such plan: `plans` lists them";
    case "noPrice":
      return plain(plans.noPrice);
    case "badValue":
      return plain(settings.wrong(howOf(change)));
    case "noLocation":
    case "codeTaken":
    case "hasHosts":
      return locationProblems[why];
  }
}

function howOf(change: ShopChange): string {
  switch (change.kind) {
    case "setting":
      return settings.how[partsOf(change.key).noun];
    case "plan":
      return plans.how[change.field.split("-")[0] as "days"];
    case "newPlan":
      return plans.how.name;
    case "newLocation":
      return locations.newHow;
    case "location":
      return locations.how[change.field.split("-")[0] as "name"];
    case "removeLocation":
      return "";
  }
}

const plain = (html: string): string => html.replaceAll(/<[^>]+>|⚠️ /gu, "");
