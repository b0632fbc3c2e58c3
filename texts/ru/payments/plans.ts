import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml } from "../../html.ts";
import { days, daysInWords, intoDays, upToDevices } from "../counts.ts";

export const plan: PaymentsTexts["plan"] = {
  listTitle: "💳 <b>Тарифы</b>",
  none: "Сейчас тарифов в продаже нет. Загляните позже.",
  forCustomers: "Тарифы откроются, когда мы одобрим заявку. Чтобы её подать, нажмите «Начать».",
  accessEnded: "Ваш доступ закрыт, поэтому оплатить тариф нельзя. Есть вопросы? Откройте «Помощь».",
  offer: ({ name, description, days: d, devices, traffic }) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, ${upToDevices(devices)}${traffic ? `, трафик ${traffic}` : ""}`,
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
