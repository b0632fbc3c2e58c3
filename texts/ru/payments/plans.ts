import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml } from "../../html.ts";
import { days, daysInWords, intoDays, upToDevices } from "../counts.ts";

export const plan: PaymentsTexts["plan"] = {
  listTitle: "💳 <b>Тарифы</b>",
  none: "Сейчас тарифов в продаже нет. Загляните позже.",
  forCustomers: "Тарифы — для клиентов. Сначала нажмите «Начать» и попросите доступ.",
  accessEnded:
    "Администратор закрыл ваш доступ, поэтому купить ничего нельзя. Спросить почему можно через «Помощь».",
  offer: ({ name, description, days: d, devices, traffic }) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, ${upToDevices(devices)}${traffic ? `, трафик ${traffic}` : ""}`,
  bestValue: "🔥 Выгоднее всего",
  button: (name, price, isBest) => `${isBest ? "🔥 " : ""}${name} · ${price}`,
};

export const purchase: PaymentsTexts["purchase"] = {
  timeNow: (until) => `Сейчас доступ открыт до ${until}.`,
  timeAfter: (until, d) => `После оплаты: до <b>${until}</b>, это ${daysInWords(d)}.`,
  timeAfterPaying: (prices, until) => `После оплаты ${prices}: до <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }) =>
    `Остаток тарифа «${escapeHtml(from)}», ${daysInWords(left)}, превратится ${intoDays(becomes)} тарифа «${escapeHtml(to)}».`,
  timeLost: (d) => `⚠️ <b>При смене тарифа вы потеряете ${days(d)}.</b>`,
  changeAnyway: "Всё равно сменить тариф",
  howToPay: "Как удобнее заплатить?",
  payBy: (gateway, price) => `${gateway} · ${price}`,
  alreadyOrdered: "Эта кнопка уже нажата: результат в этом чате.",
  balanceTooSmall: "Баланса не хватает на эту цену. Выберите другой способ оплаты.",
};

export const notOpened: PaymentsTexts["notOpened"] = {
  notCustomer: "Сначала нажмите «Начать»: тарифы для клиентов.",
  notForSale: "Этот тариф больше не продаётся. Выберите другой.",
  priceChanged: "Тариф изменился с тех пор, как вы его видели. Посмотрите ещё раз.",
  gatewayOff: "Этот способ оплаты сейчас недоступен. Выберите другой.",
  alreadyOpen: "У вас уже есть открытый счёт на это: он в «Платежах».",
};
