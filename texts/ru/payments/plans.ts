import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml } from "../../html.ts";
import { days, daysInWords, devices as deviceCount, intoDays, upToDevices } from "../counts.ts";
import { namedDevices } from "../../device-names.ts";

/** How often a plan gives its traffic. */
const each = { month: " на каждые 30 дней", calendar: " в месяц" };

export const plan: PaymentsTexts["plan"] = {
  listTitle: "💳 <b>Тарифы</b>",
  none: "Сейчас тарифов в продаже нет. Загляните позже.",
  offer: ({ name, description, days: d, devices, traffic, period }) =>
    [
      `<b>${escapeHtml(name)}</b>`,
      daysInWords(d),
      upToDevices(devices),
      ...(traffic ? [`трафик ${traffic}${period ? each[period] : ""}`] : []),
    ].join(" · ") + (description === name ? "" : `\n<i>${escapeHtml(description)}</i>`),
  bestValue: "🔥 Выгоднее всего",
  button: (name, price, isBest) => `${isBest ? "🔥 " : ""}${name} · ${price}`,
};

export const purchase: PaymentsTexts["purchase"] = {
  timeNow: (until) => `Сейчас доступ открыт до ${until}.`,
  timeAfter: (until, d) => `После оплаты — до <b>${until}</b>, всего ${daysInWords(d)}.`,
  timeAfterPaying: (prices, until) => `После оплаты ${prices} — до <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }) =>
    `Остаток тарифа «${escapeHtml(from)}», ${daysInWords(left)}, превратится ${intoDays(becomes)} тарифа «${escapeHtml(to)}».`,
  timeLost: (d) => `⚠️ <b>При смене тарифа вы потеряете ${days(d)}.</b>`,
  devicesPaused: (limit, names) =>
    `⚠️ <b>Этот тариф рассчитан на ${deviceCount(limit)}.</b> После оплаты на паузе: ${namedDevices(names)}. Ключи останутся прежними, а чем пользоваться, вы выберете в «Устройствах».`,
  trafficLimited: (amount) =>
    `⚠️ <b>В этом тарифе трафик ограничен: ${amount}.</b> Сейчас он у вас без ограничения, а после оплаты ограничение появится.`,
  changeAnyway: "Всё равно сменить тариф",
  howToPay: "Как удобнее заплатить?",
  payBy: (icon, gateway, price) => `${icon} ${gateway} · ${price}`,
  alreadyOrdered: "Вы уже нажимали эту кнопку: результат в этом чате.",
  balanceTooSmall: "На балансе не хватает денег. Выберите другой способ оплаты.",
};

export const notOpened: PaymentsTexts["notOpened"] = {
  notCustomer: "Тарифы откроются, когда мы одобрим заявку. Чтобы её подать, нажмите «Начать».",
  notForSale: "Этот тариф больше не продаётся. Выберите другой.",
  priceChanged: "Тариф только что изменился. Посмотрите на него ещё раз.",
  gatewayOff: "Этот способ оплаты сейчас недоступен. Выберите другой.",
  wrongAmount: "На такую сумму баланс пополнить нельзя. Выберите другую.",
  addOnOff: "Сейчас это не продаётся. Деньги не списаны.",
  addOnChanged: "Предложение только что изменилось. Посмотрите на него ещё раз.",
  alreadyOpen: "Такой счёт у вас уже есть: он в «Платежах».",
};
