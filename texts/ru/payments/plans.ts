import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml } from "../../html.ts";
import { daysInWords, intoDays, upToDevices } from "../counts.ts";

export const plan: PaymentsTexts["plan"] = {
  listTitle: "💳 <b>Тарифы</b>",
  none: "Сейчас купить нечего. Загляните позже или спросите: /support",
  forCustomers:
    "Тарифы — для клиентов. Нажмите /start и попросите доступ; когда администратор одобрит заявку, /plans покажет, что можно купить.",
  accessEnded:
    "Администратор закрыл ваш доступ, поэтому купить ничего нельзя. Вопросы: /paysupport",
  offer: ({ name, description, days: d, devices, traffic }) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, ${upToDevices(devices)}${traffic ? `, трафик ${traffic}` : ""}`,
  prices: (prices) => `Цена: ${prices}`,
};

export const purchase: PaymentsTexts["purchase"] = {
  timeNow: (until) => `Сейчас доступ открыт до ${until}.`,
  timeAfter: (until) => `После оплаты доступ будет открыт до <b>${until}</b>.`,
  timeAfterPaying: (prices, until) =>
    `После оплаты ${prices} доступ будет открыт до <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }) =>
    `Остаток тарифа «${escapeHtml(from)}», ${daysInWords(left)}, превратится ${intoDays(becomes)} тарифа «${escapeHtml(to)}».`,
  howToPay: "Как удобнее заплатить?",
  payBy: (gateway, price) => `${price}, ${gateway}`,
  alreadyOrdered:
    "Эта кнопка уже нажата: результат в этом чате. Чтобы купить ещё раз, снова откройте /plans.",
  balanceTooSmall: "Баланса не хватает на эту цену. Выберите другой способ оплаты: /plans",
};

export const notOpened: PaymentsTexts["notOpened"] = {
  notCustomer: "Сначала нажмите /start: тарифы для клиентов.",
  notForSale: "Этот тариф больше не продаётся. Доступные тарифы: /plans",
  priceChanged: "Тариф изменился с тех пор, как вы его видели. Посмотрите ещё раз: /plans",
  gatewayOff: "Этот способ оплаты сейчас недоступен. Выберите другой: /plans",
  alreadyOpen: "У вас уже есть открытый счёт на это, вот он.",
};
