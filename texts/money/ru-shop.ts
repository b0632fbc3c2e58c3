import { daysInWords, intoDays } from "../ru-days.ts";
import { directed, escapeHtml } from "../html.ts";
import { counted } from "../plural.ts";
import type { enShop } from "./en-shop.ts";

const states = {
  open: "ждёт оплаты",
  settled: "оплачено",
  lapsed: "срок истёк без оплаты",
  declined: "отклонено",
  cancelled: "отменено",
  refused: "не принято платёжной системой",
  refunded: "деньги возвращены",
} as const;

export const ruShop: typeof enShop = {
  plansTitle: "💳 <b>Тарифы</b>",
  plansNone: "Сейчас купить нечего. Загляните позже или спросите: /support",
  plansForCustomers:
    "Тарифы — для клиентов. Нажмите /start и попросите доступ; когда администратор вас впустит, /plans покажет, что можно купить.",
  plansAccessEnded:
    "Администратор закрыл ваш доступ, поэтому купить ничего нельзя. Вопросы: /paysupport",
  planOffer: ({ name, description, days: d, devices, traffic }) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, до ${counted(devices, ["устройства", "устройств", "устройств"])}${traffic ? `, трафик ${traffic}` : ""}`,
  planPrices: (prices) => `Цена: ${prices}`,
  timeNow: (until) => `Сейчас доступ до ${until}.`,
  timeAfter: (until) => `После оплаты он будет до <b>${until}</b>.`,
  timeAfterPaying: (prices, until) => `После оплаты ${prices} он будет до <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }) =>
    `Остаток тарифа «${escapeHtml(from)}», ${daysInWords(left)}, превратится ${intoDays(becomes)} тарифа «${escapeHtml(to)}».`,
  howToPay: "Как удобнее заплатить?",
  payBy: (gateway, price) => `${price}, ${gateway}`,
  orderedAlready:
    "Эта кнопка уже нажата: что из этого вышло, есть в чате. Чтобы купить ещё раз, откройте /plans снова.",
  balanceTooSmall: "На балансе меньше, чем эта цена. Выберите другой способ оплаты: /plans",

  paymentsTitle: "🧾 <b>Ваши платежи</b>, сначала новые",
  paymentsNone: "Вы пока ничего не покупали. Что есть: /plans",
  paymentLine: ({ at, plan, price, gateway, state, number }) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b>, ${gateway}: ${states[state]}. Номер <code>${number}</code>`,
  showInvoice: (plan, price) => `🧾 Показать: ${plan}, ${price}`,
  paymentOver: "Этот заказ уже закрыт. Что с ним стало, покажет /payments.",
  cancelTold: "Принято: заказ отменён, если вы его ещё не оплатили.",

  balanceTitle: "💰 <b>Ваш баланс</b>",
  balanceNone:
    "Баланс пуст. Здесь лежит то, что вы заплатили сверх цены или что не удалось зачесть.",
  balanceUse: "Если его хватает на тариф, /plans предложит заплатить с него.",
  balanceOwed: (amounts) =>
    `⚠️ <b>Ваш долг: ${amounts}</b>. Платёж отозвали, когда его деньги уже были потрачены. Что поступит на баланс, сначала погасит долг. Вопросы: /paysupport`,

  paySupport: (contact) =>
    `Что-то не так с платежом? Напишите: ${directed(contact)}. Скажите, когда, сколько и чем вы заплатили, и номер платежа из /payments. За купленное здесь отвечаем мы; поддержка Telegram с этим не поможет.`,

  checkout: {
    notYours: "Этот счёт выставлен другому человеку. Откройте бота и получите свой: /plans",
    wrongAmount: "Сумма изменилась. Деньги не списаны; получите новый счёт: /plans",
    over: "Этот счёт больше не действует. Деньги не списаны; получите новый: /plans",
    later: "Сейчас мы не можем принять оплату. Деньги не списаны; попробуйте через минуту.",
    blocked: "Эта оплата невозможна. Деньги не списаны.",
  },
};
