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
  open: (until: string) => `⏳ Ждём оплату до ${until}.`,
  settled: () => "✅ Оплачено. Спасибо!",
  lapsed: () =>
    "⌛ Срок счёта истёк. Если вы уже оплатили, деньги всё равно зачтутся; иначе выберите тариф снова: /plans",
  declined: () => "❌ Платёж отклонён, деньги не списаны. Выберите тариф снова: /plans",
  cancelled: () => "✖️ Отменено. Выбрать тариф можно в любой момент: /plans",
  refused: () => "❌ Платёжная система не приняла запрос. Выберите другой способ: /plans",
  refunded: () => "↩️ Деньги возвращены.",
} as const;

export const order: PaymentsTexts["order"] = {
  listTitle: "🧾 <b>Ваши платежи</b>, сначала новые",
  none: "Вы пока ничего не покупали. Тарифы: /plans",
  line: ({ at, plan, price, gateway, state, number }) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b>, ${gateway}: ${lineStates[state]}. Номер <code>${number}</code>`,
  showInvoice: (plan, price) => `🧾 Показать: ${plan}, ${price}`,
  closed: "Этот заказ уже закрыт. Что с ним стало: /payments",
  cancelled: "Принято: заказ отменён, если вы его ещё не оплатили.",
};

export const invoice: PaymentsTexts["invoice"] = {
  description: (plan, d) => `${plan}: доступ к VPN на ${daysInWords(d)}`,
  message: ({ plan, days: d, price, gateway, until, state, address, comment }) =>
    `🧾 <b>${escapeHtml(plan)}</b>, ${daysInWords(d)}\nЦена: <b>${price}</b>, ${gateway}\n${
      address
        ? `Отправьте ровно эту сумму на\n<code>${address}</code>\nровно с таким комментарием:\n<code>${comment}</code>\n`
        : ""
    }${invoiceStates[state](until)}`,
  transferQr: (price) => `Отсканируйте кошельком: ${price}`,
  pay: "💳 Оплатить",
  cancel: "✖️ Отменить",
  refused: "❌ Платёжная система не приняла запрос. Выберите другой способ: /plans",
  delayed: "🕓 Платёжная система сейчас не отвечает. Мы повторяем попытки; счёт придёт сюда.",
};

const gatewayNames: GatewayNames = {
  stars: "звёзды Telegram",
  ton: "сеть TON",
  cryptobot: "через CryptoBot",
  tbank: "карта или СБП (Т-Банк)",
  balance: "с вашего баланса",
};

export const gateway: PaymentsTexts["gateway"] = { name: namesOf(gatewayNames) };

export const checkout: PaymentsTexts["checkout"] = {
  notYours: "Этот счёт выставлен другому человеку. Откройте бота и получите свой: /plans",
  wrongAmount: "Сумма изменилась. Деньги не списаны; получите новый счёт: /plans",
  over: "Этот счёт больше не действует. Деньги не списаны; получите новый: /plans",
  later: "Сейчас мы не можем принять оплату. Деньги не списаны; попробуйте через минуту.",
  blocked: "Эта оплата невозможна. Деньги не списаны.",
};
