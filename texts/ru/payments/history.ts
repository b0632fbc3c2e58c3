import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml, isolated } from "../../html.ts";
import { daysInWords } from "../counts.ts";

const refundStates = {
  asked: "запрошен",
  approved: "одобрен",
  rejected: "не одобрен",
  returned: "выполнен",
  refused: "шлюз отказал",
} as const;

export const payment: PaymentsTexts["payment"] = {
  how: "Пришлите /payment и что известно: номер платежа, комментарий перевода, номер счёта или операции, номер или имя клиента, например <code>/payment 5001</code>",
  none: "Платёж не найден. Неопознанные платежи — в /unmatched",
  found: (n) => `Нашлось: ${n}; сначала новые:`,
  ofCustomer: (name) => `🧾 Платежи: ${isolated(name)}, сначала новые`,
  card: (c) =>
    `🧾 <b>Платёж</b> <code>${c.number}</code>\nКлиент: ${c.customer} (<code>${c.telegramId}</code>)\nТариф: ${c.plan}\nЦена: ${c.price}, ${c.gateway}\nСостояние: <b>${c.state}</b>\nКомментарий: <code>${c.memo}</code>\nСчёт: ${c.invoice}`,
  orderLine: (at, price, state) => `${at}: ${price}, ${state}`,
  chargeLine: ({ reference, paid, returned }) =>
    `Операция <code>${reference}</code>: ${paid ?? "об оплате пока не известно"}${returned ? `, из них возвращено ${returned}` : ""}`,
  refundLine: ({ amount, state, by, reason }) =>
    `Возврат ${amount}: ${refundStates[state]}; ${by === undefined ? "автоматически" : `запросил ${isolated(by)}`}: ${reason}`,
  workflow: (url) => `<a href="${escapeHtml(url)}">Workflow в Temporal</a>`,
  download: "📄 Всё целиком (JSON)",
  all: "🧾 Платежи",
  open: "🧾 Платёж",
  history: (number) => `🕘 <b>История платежа</b> <code>${number}</code>, сначала новое`,
};

export const orderStates: PaymentsTexts["orderStates"] = {
  open: "ждёт оплаты",
  settled: "оплачен",
  lapsed: "истёк без оплаты",
  declined: "отклонён",
  cancelled: "отменён клиентом",
  refused: "не принят шлюзом",
  refunded: "возвращён",
};

export const closedBy: PaymentsTexts["closedBy"] = {
  block: "закрыт из-за блокировки",
  revoke: "закрыт вместе с доступом",
  undo: "закрыт: одобрение отменено",
};

export const moment: PaymentsTexts["moment"] = {
  ordered: "заказ создан",
  closed: (state) => `заказ закрыт: ${state}`,
  reported: (gateway, what, wasFound) =>
    `${gateway} сообщает: ${what}${wasFound ? " (найдено сверкой)" : ""}`,
  paid: (amount, reference) => `оплачено ${amount}, ${reference}`,
  progress: (status) => `в обработке: ${status}`,
  invoiceClosed: (reason) => `счёт закрыт: ${reason}`,
  declined: (reason, final) => `отклонено${final ? " окончательно" : ""}: ${reason}`,
  refunded: (amount, reference) => `всего возвращено ${amount}, ${reference}`,
  chargedBack: (amount, reference) => `всего оспорено ${amount}, ${reference}`,
  given: (d, until) => `добавлено: ${daysInWords(d)}, доступ до ${until}`,
  taken: (d, until) => `снято: ${daysInWords(d)}, доступ до ${until}`,
  refundAsked: (amount, by) =>
    `запрошен возврат ${amount}, ${by === undefined ? "автоматически" : `запросил ${isolated(by)}`}`,
  refundClosed: (amount, state, why) =>
    `возврат ${amount}: ${refundStates[state]}${why && `, ${why}`}`,
  booked: (moves) => `в учёте: ${moves}`,
  moves: {
    gateway: (amount, isIn) => (isIn ? `поступило ${amount}` : `ушло ${amount}`),
    customer: (amount, isIn) => (isIn ? `${amount} с баланса` : `${amount} на баланс`),
    reserved: (amount, isIn) =>
      isIn ? `${amount} больше не отложено` : `${amount} отложено на возврат`,
    revenue: (amount, isIn) => (isIn ? `${amount} снято с выручки` : `${amount} в выручку`),
    refunds: (amount, isIn) => (isIn ? `${amount} возвращено` : `${amount} не возвращено`),
    fees: (amount, isIn) => (isIn ? `комиссия ${amount}` : `комиссия ${amount} вернулась`),
    unmatched: (amount, isIn) => (isIn ? `${amount} опознано` : `${amount} не опознано`),
  },
  earlier: (n) => `… и ещё ${n} раньше: «История»`,
};

export const effects: PaymentsTexts["effects"] = {
  granted: (paid, late) =>
    `решено: за ${paid} даётся заказанное${late ? ", хотя оплата пришла поздно" : ""}`,
  credited: (paid, why) => `решено: ${paid} на баланс, ${why}`,
  returned: (returned) => `решено: ${returned} возвращено`,
  returnNoted: (returned) =>
    `решено: ${returned} возвращено раньше, чем пришло сообщение об оплате`,
  noted: (status) => `решено: ничего не меняется, ${status}`,
  declined: (reason) => `решено: заказ закрыт, ${reason}`,
  inconsistent: (reason) => `решено: такого не может быть, ${reason}`,
  duplicate: "решено: это уже известно, ничего не меняется",
};
