import type { PaymentsTexts } from "../../en/payments/index.ts";
import type { GatewayNames } from "../../en/payments/orders.ts";
import { namesOf } from "../../gateway-names.ts";
import { escapeHtml } from "../../html.ts";
import { daysInWords } from "../counts.ts";

const lineStates = {
  open: "ждёт оплаты",
  settled: "оплачено",
  lapsed: "срок истёк без оплаты",
  declined: "отклонено",
  cancelled: "отменено",
  refused: "не принято платёжной системой",
  refunded: "деньги возвращены",
} as const;

const invoiceStates = {
  open: (until: string, isIssued: boolean) =>
    isIssued
      ? `⏳ Ждём оплату до ${until}.`
      : "🕓 Платёжная система отвечает медленно. Мы продолжаем попытки; счёт появится здесь.",
  settled: () => "✅ Оплачено. Спасибо!",
  lapsed: () => "⌛ Срок счёта истёк. Если вы уже оплатили, деньги всё равно зачтутся.",
  declined: () => "❌ Платёж отклонён, деньги не списаны.",
  cancelled: () => "✖️ Отменено. Если вы уже оплатили, деньги всё равно зачтутся.",
  refused: () => "❌ Платёжная система не приняла запрос. Попробуйте другой способ оплаты.",
  refunded: () => "↩️ Деньги возвращены.",
} as const;

const closedByBlock =
  "🚫 Счёт закрыт, потому что ваш доступ заблокирован. Если вы уже оплатили, деньги останутся на вашем балансе.";

export const order: PaymentsTexts["order"] = {
  listTitle: "🧾 <b>Ваши платежи</b>, сначала новые",
  none: "Вы пока ничего не покупали.",
  line: ({ at, plan, price, gateway, state, number }) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b>, ${gateway}: ${lineStates[state]}. Номер <code>${number}</code>`,
  showInvoice: (plan, price) => `💳 Оплатить: ${plan}, ${price}`,
  closed: "Этот заказ уже закрыт. Чем он закончился, видно в «Платежах».",
  cancelled: "Отменяем…",
};

export const invoice: PaymentsTexts["invoice"] = {
  description: (plan, d) => `${plan}: доступ к VPN на ${daysInWords(d)}`,
  message: ({ plan, days: d, price, gateway, until, ...of }) =>
    `🧾 <b>${escapeHtml(plan)}</b>, ${daysInWords(d)}\n<b>${price}</b> · ${gateway}\n${
      of.address
        ? `Отправьте ровно эту сумму на\n<code>${of.address}</code>\nровно с таким комментарием:\n<code>${of.comment}</code>\n`
        : ""
    }${of.isBlocked && of.state === "cancelled" ? closedByBlock : invoiceStates[of.state](until, of.isIssued)}`,
  transferQr: (price, comment) =>
    `Отсканируйте кошельком на другом устройстве: ${price}, комментарий <code>${comment}</code>`,
  qr: "🔳 С другого устройства",
  pay: (price) => `💳 Оплатить ${price}`,
  cancel: "✖️ Отменить",
  refused: "❌ Платёжная система не приняла запрос. Выберите другой способ оплаты.",
  honoured: "Заказ был уже закрыт, но оплата засчитана.",
};

const gatewayNames: GatewayNames = {
  stars: "⭐ Звёзды Telegram",
  ton: "💎 TON",
  cryptobot: "🪙 CryptoBot",
  tbank: "💳 Карта или СБП",
  balance: "💰 Баланс",
};

export const gateway: PaymentsTexts["gateway"] = { name: namesOf(gatewayNames) };

export const checkout: PaymentsTexts["checkout"] = {
  notYours: "Этот счёт выставлен другому человеку. Откройте бота и получите свой.",
  wrongAmount: "Сумма изменилась. Деньги не списаны; выберите тариф в боте ещё раз.",
  over: "Этот счёт больше не действует. Деньги не списаны; выберите тариф в боте ещё раз.",
  later: "Сейчас мы не можем принять оплату. Деньги не списаны; попробуйте через минуту.",
  blocked: "Эта оплата невозможна. Деньги не списаны.",
};
