import type { SettingInForce } from "../../../db/queries/operations/shop-settings.ts";
import { allInOrder, type Move } from "../../../domain/payments/method-order.ts";
import { type GatewayName, gatewayName } from "../../../domain/payments/payment.ts";
import type { PaymentMethod } from "../../../domain/payments/plan-offers.ts";
import { escapeHtml } from "../../../texts/index.ts";
import { moveGatewayButton, resetSettingButton, settingsButton } from "../../shop-buttons.ts";
import type { BotContext } from "../../context.ts";
import { sectionOf } from "../../setting-sections.ts";
import { buttonMark, type Buttons } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import type { Page } from "../paging.ts";
import { settingAbout, settingName } from "./setting-pages.ts";
import { valuePage } from "./value-page.ts";

/** What the page shows beside the setting. */
interface OrderPage {
  /** The gateways that are configured now. */
  readonly methods: readonly PaymentMethod[];
  /** What has just happened to the order. */
  readonly above: string | undefined;
}

/**
 * The order of the ways to pay, with buttons that move each. One that is named and not configured
 * has none, and the page says so.
 */
export function gatewayOrderPage(
  context: BotContext,
  { key, value, source }: SettingInForce,
  { methods, above }: OrderPage,
): Page {
  const texts = context.texts.operations.settings;
  const named = value.split(",").filter(Boolean).map(gatewayName);
  const icons = new Map(methods.map(({ gateway, icon }) => [gateway, icon]));
  const all = allInOrder(named, [...icons.keys()]);
  const shown = all.filter((gateway) => icons.has(gateway));
  const labelOf = (gateway: GatewayName): string =>
    `${icons.get(gateway) ?? ""} ${context.texts.payments.gateway.name(gateway)}`.trim();
  const lines = all.map((gateway) => {
    const place = shown.indexOf(gateway);
    const label = escapeHtml(labelOf(gateway));
    return place < 0 ? texts.notConnected(label) : texts.place(place + 1, label);
  });
  const list = lines.length === 0 ? texts.noGateways : lines.join("\n");
  const page = texts.page(
    settingName(context, key),
    settingAbout(context, "gateways"),
    `\n${list}`,
  );
  const first = shown[0];
  const last = shown.at(-1);
  return valuePage(context, {
    text: above === undefined ? page : `${above}\n\n${page}`,
    choices: [],
    rows: shown
      .map((gateway) => [
        ...(gateway === first ? [] : [moveTo("up", gateway, labelOf(gateway))]),
        ...(gateway === last ? [] : [moveTo("down", gateway, labelOf(gateway))]),
      ])
      .filter((row) => row.length > 0),
    ask: undefined,
    reset: source === "admin" ? resetSettingButton.data({ key, mark: buttonMark() }) : undefined,
    back: settingsButton.data({ section: sectionOf(key) }),
  });
}

const arrows: Readonly<Record<Move, string>> = { up: "⬆️", down: "⬇️" };

const moveTo = (to: Move, gateway: GatewayName, label: string): Buttons[number][number] => ({
  text: truncate(`${arrows[to]} ${label}`, longestLabel),
  data: moveGatewayButton.data({ gateway, to, mark: buttonMark() }),
});
