import type { PaymentsTexts } from "../../en/payments/index.ts";
import type { GatewayNames } from "../../en/payments/orders.ts";
import { namesOf } from "../../gateway-names.ts";
import { escapeHtml } from "../../html.ts";
import { daysInWords } from "../counts.ts";
import { renewal } from "./renewal.ts";

const lineStates = {
  open: "ждёт оплаты",
  settled: "оплачено",
  lapsed: "не оплачено вовремя",
  declined: "не прошло",
  cancelled: "отменено",
  refused: "оплатить не получилось",
  refunded: "деньги возвращены",
} as const;

const invoiceStates = {
  open: (until: string, isIssued: boolean) =>
    isIssued
      ? `⏳ Ждём оплату до ${until}.`
      : "🕓 Платёжная система отвечает медленно. Мы ещё пробуем: счёт появится здесь.",
  settled: () => "✅ Оплачено. Спасибо!",
  lapsed: () => "⌛ Срок счёта истёк. Уже оплатили? Деньги всё равно зачтутся.",
  declined: () => "❌ Платёж не прошёл, деньги не списаны.",
  cancelled: () => "✖️ Отменено. Уже оплатили? Деньги всё равно зачтутся.",
  refused: () => "❌ Так оплатить сейчас не получится. Попробуйте другой способ.",
  refunded: () => "↩️ Деньги возвращены.",
} as const;

const closedByBlock =
  "🚫 Счёт закрыт, потому что ваш доступ заблокирован. Уже оплатили? Деньги останутся на вашем балансе.";

export const order: PaymentsTexts["order"] = {
  listTitle: "🧾 <b>Ваши платежи</b>, сначала новые",
  none: "Вы пока ничего не покупали.",
  line: ({ at, plan, price, gateway, state, number }) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b>, ${gateway}: ${lineStates[state]}. Номер <code>${number}</code>`,
  showInvoice: (plan, price) => `💳 ${plan}, ${price}`,
  closed: "Этот счёт уже закрыт. Чем всё закончилось, видно в «Платежах».",
  cancelled: "Отменяем…",
};

export const invoice: PaymentsTexts["invoice"] = {
  description: (plan, d) => `${plan}: доступ к VPN на ${daysInWords(d)}`,
  message: ({ plan, days: d, price, missing, gateway, until, ...of }) =>
    `🧾 <b>${escapeHtml(plan)}</b>${d === undefined ? "" : `, ${daysInWords(d)}`}\n<b>${price}</b> · ${gateway}\n${missing === undefined ? "" : `⚠️ Часть уже пришла. Не хватает: <b>${missing}</b>\n`}${
      of.address
        ? `Отправьте ровно эту сумму на\n<code>${of.address}</code>\nровно с таким комментарием:\n<code>${of.comment}</code>\n`
        : ""
    }${of.isBlocked && of.state === "cancelled" ? closedByBlock : invoiceStates[of.state](until, of.isIssued)}${of.savedCard === undefined ? "" : `\n${renewal.cardSaved(of.savedCard)}`}`,
  transferQr: (price, comment) =>
    `Отсканируйте кошельком на другом устройстве: ${price}, комментарий <code>${comment}</code>`,
  qr: "🔳 С другого устройства",
  pay: (price) => `💳 Оплатить ${price}`,
  cancel: "✖️ Отменить",
  refused: "❌ Так оплатить сейчас не получится. Выберите другой способ.",
  honoured: "Счёт был уже закрыт, но деньги засчитаны.",
};

const gatewayNames: GatewayNames = {
  stars: "Звёзды Telegram",
  ton: "TON",
  cryptobot: "CryptoBot",
  tbank: "Карта или СБП",
  balance: "Баланс",
};

export const gateway: PaymentsTexts["gateway"] = { name: namesOf(gatewayNames) };

export const checkout: PaymentsTexts["checkout"] = {
  notYours: "Этот счёт выставлен другому человеку. Откройте бота и получите свой.",
  wrongAmount: "Сумма изменилась. Деньги не списаны; выберите тариф в боте ещё раз.",
  over: "Этот счёт больше не действует. Деньги не списаны; выберите тариф в боте ещё раз.",
  later: "Сейчас мы не можем принять оплату. Деньги не списаны; попробуйте через минуту.",
  blocked: "Эта оплата невозможна. Деньги не списаны.",
};
