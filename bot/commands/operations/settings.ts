import type { Composer } from "telegraf";
import { changeShop } from "../../../client/operations.ts";
import type { SettingInForce } from "../../../db/queries/operations/shop-settings.ts";
import type { ShopChange, ShopChangeResult } from "../../../domain/operations/shop-change.ts";
import {
  builtInValue,
  partsOf,
  type SettingKey,
} from "../../../domain/operations/shop-settings.ts";
import type { ChannelCheck } from "../../../domain/people/channels.ts";
import { settingButton } from "../../../domain/messaging/buttons.ts";
import { channelCheckLine } from "../../../texts/channels.ts";
import {
  askSettingButton,
  moveGatewayButton,
  resetSettingButton,
  setSettingButton,
  settingsButton,
} from "../../shop-buttons.ts";
import { type Move, moveGateway } from "../../../domain/payments/method-order.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, requestIdOf, say, show } from "../../request.ts";
import type { Page } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { gatewayOrderPage } from "./gateway-order-page.ts";
import {
  sectionPage,
  settingAbout,
  settingName,
  settingPage,
  settingsPage,
  settingValue,
} from "./setting-pages.ts";

/** The shop's settings: the list, a page for each, and what changes them. */
export function addSettings(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminPageButton(bot, settingsButton, "settings", async (context, { section }) => {
    const all = await orUnavailable(ports.shop.list());
    return section === undefined ? settingsPage(context, all) : sectionPage(context, all, section);
  });
  onAdminPageButton(bot, settingButton, "setting", (context, { key }) =>
    openSetting(context, ports, key),
  );
  onAdminButton(bot, moveGatewayButton, "gateways-move", (context, { gateway, to }) =>
    move(context, ports, { gateway, to }),
  );
  onAdminButton(bot, setSettingButton, "setting-set", (context, { key, value }) =>
    changeByPress(context, ports, { key, value }),
  );
  onAdminButton(bot, resetSettingButton, "setting-reset", (context, { key }) =>
    changeByPress(context, ports, { key, value: null }),
  );
  onAdminButton(bot, askSettingButton, "setting-ask", async (context, { key }) => {
    answerPress(context);
    await askForSetting(context, ports, key);
  });
}

async function findSetting({ shop }: BotPorts, key: SettingKey): Promise<SettingInForce> {
  const all = await orUnavailable(shop.list());
  return (
    all.find((one) => one.key === key) ?? { key, value: builtInValue(key), source: "built in" }
  );
}

/** The page of a setting; `above` is what has just happened to it. */
async function openSetting(
  context: BotContext,
  ports: BotPorts,
  key: SettingKey,
  above?: string,
): Promise<Page> {
  const setting = await findSetting(ports, key);
  if (key !== "gateways") return settingPage(context, setting, above);
  return gatewayOrderPage(context, setting, { methods: await listMethods(ports), above });
}

const listMethods = ({ plans }: BotPorts) => orUnavailable(plans.listPaymentMethods());

/** A page that is older than the order moves the gateway from where it is now. */
async function move(
  context: BotContext,
  ports: BotPorts,
  to: { readonly gateway: GatewayName; readonly to: Move },
): Promise<void> {
  const methods = await listMethods(ports);
  const configured = methods.map(({ gateway }) => gateway);
  const order = moveGateway((await orUnavailable(ports.shop.get())).gateways, configured, to);
  await changeByPress(context, ports, { key: "gateways", value: order.join(",") });
}

/** Makes a change of the shop, and reads anew what this update shows of it. */
export async function makeChange(
  context: BotContext,
  { client, shop }: BotPorts,
  change: ShopChange,
): Promise<ShopChangeResult> {
  const { telegramId: by } = context;
  const result = await changeShop(client, { requestId: requestIdOf(context), by, change });
  shop.expire();
  context.shop = await orUnavailable(shop.get());
  context.zone = context.shop.zone;
  return result;
}

interface SettingChange {
  readonly key: SettingKey;
  readonly value: string | null;
}

async function changeByPress(
  context: BotContext,
  ports: BotPorts,
  change: SettingChange,
): Promise<void> {
  const texts = context.texts.operations.settings;
  const result = await makeChange(context, ports, { kind: "setting", ...change });
  if (result.kind === "refused") return answerPress(context, texts.notAdmin, true);
  if (result.kind === "same") return answerPress(context, texts.same);
  answerPress(context, texts.saved);
  const { text, buttons } = await changedPage(context, ports, change.key, result.channels);
  await show(context, text, buttons);
}

/** The page of a setting that has just changed, with what follows from it. */
async function changedPage(
  context: BotContext,
  ports: BotPorts,
  key: SettingKey,
  channels: readonly ChannelCheck[] = [],
): Promise<Page> {
  const texts = context.texts.operations.settings;
  const setting = await findSetting(ports, key);
  const value = settingValue(context, key, setting.value);
  const effect = texts.effects[partsOf(key).noun];
  const above = texts.changed(settingName(context, key), value, effect);
  const checks = channels.map((check) => channelCheckLine(context.texts, check));
  return openSetting(context, ports, key, [above, ...checks].join("\n"));
}

async function askForSetting(
  context: BotContext,
  { dialogues }: DialoguePorts,
  key: SettingKey,
  problem?: string,
): Promise<void> {
  const texts = context.texts.operations.settings;
  await dialogues.open(context.telegramId, "shop", `setting ${key}`);
  const about = settingAbout(context, partsOf(key).noun);
  await ask(context, problem ?? texts.ask(settingName(context, key), about), texts.field);
}

/** Sets a setting to what an admin wrote; asks again, with what to do, where it cannot be that. */
export async function takeSetting(
  context: BotContext,
  ports: DialoguePorts,
  { key, value }: { readonly key: SettingKey; readonly value: string },
): Promise<void> {
  context.handler = "setting-write";
  const texts = context.texts.operations.settings;
  const result = await makeChange(context, ports, { kind: "setting", key, value });
  if (result.kind === "refused") {
    if (result.why === "notAdmin") return say(context, texts.notAdmin);
    return askForSetting(context, ports, key, texts.wrong(texts.how[partsOf(key).noun]));
  }
  const checks = (result.channels ?? []).map((check) => channelCheckLine(context.texts, check));
  const page =
    result.kind === "same"
      ? await openSetting(context, ports, key, [texts.same, ...checks].join("\n"))
      : await changedPage(context, ports, key, result.channels);
  await say(context, page.text, page.buttons);
}
