import { daysInWords } from "../ru-days.ts";
import { isolated } from "../html.ts";
import { counted } from "../plural.ts";
import type { enDesk } from "./en-desk.ts";

const refundStates = {
  asked: "запрошен",
  approved: "одобрен",
  rejected: "не одобрен",
  returned: "деньги возвращены",
  refused: "шлюз отказал",
} as const;

export const ruDesk: typeof enDesk = {
  paymentHow:
    "Пришлите /payment и что известно: номер платежа, комментарий перевода, ссылку счёта или списания, номер или имя клиента, например <code>/payment 5001</code>",
  paymentNone: "Платёж не найден. Деньги, которых никто не просил, — в /unmatched",
  paymentsFound: (n) => `Нашлось: ${n}; сначала новые:`,
  paymentsOf: (name) => `🧾 Платежи ${isolated(name)}, сначала новые:`,
  paymentCard: (c) =>
    `🧾 <b>Платёж</b> <code>${c.number}</code>\nКлиент: ${c.customer} (<code>${c.telegramId}</code>)\nТариф: ${c.plan}\nЦена: ${c.price}, ${c.gateway}\nСостояние: <b>${c.state}</b>\nКомментарий: <code>${c.memo}</code>\nСчёт: ${c.invoice}`,
  orderStates: {
    open: "ждёт денег",
    settled: "оплачен",
    lapsed: "истёк без оплаты",
    declined: "отклонён",
    cancelled: "отменён клиентом",
    refused: "не принят шлюзом",
    refunded: "возвращён",
  },
  orderLine: (at, price, state) => `${at}: ${price}, ${state}`,
  chargeLine: ({ reference, paid, returned }) =>
    `Списание <code>${reference}</code>: ${paid ?? "об оплате пока не известно"}${returned ? `, из них возвращено ${returned}` : ""}`,
  refundLine: ({ amount, state, by, reason }) =>
    `Возврат ${amount}: ${refundStates[state]}; ${by === undefined ? "сам собой" : `просил ${by}`}: ${reason}`,
  momentEarlier: (n) => `… раньше ещё ${n}, они в документе`,
  moment: {
    ordered: "заказ сделан",
    closed: (state) => `заказ закрыт: ${state}`,
    reported: (gateway, what, wasFound) =>
      `${gateway} сообщает: ${what}${wasFound ? " (найдено сверкой)" : ""}`,
    paid: (amount, reference) => `оплачено ${amount}, ${reference}`,
    progress: (status) => `в пути: ${status}`,
    declined: (reason, final) => `отклонено${final ? " окончательно" : ""}: ${reason}`,
    refunded: (amount, reference) => `всего возвращено ${amount}, ${reference}`,
    chargedBack: (amount, reference) => `всего оспорено ${amount}, ${reference}`,
    given: (d, until) => `дано ${daysInWords(d)}, доступ до ${until}`,
    taken: (d, until) => `отнято ${daysInWords(d)}, доступ до ${until}`,
    refundAsked: (amount, by) =>
      `запрошен возврат ${amount}, ${by === undefined ? "сам собой" : `просил ${by}`}`,
    refundClosed: (amount, state, why) =>
      `возврат ${amount}: ${refundStates[state]}${why && `, ${why}`}`,
    booked: (fact, entries) => `записано ${fact}: ${entries}`,
  },
  effects: {
    granted: (paid, late) =>
      `решено: за ${paid} даётся время${late ? ", хотя они пришли поздно" : ""}`,
    credited: (paid, why) => `решено: ${paid} на баланс, ${why}`,
    returned: (returned) => `решено: ${returned} ушло назад`,
    returnNoted: (returned) => `решено: ${returned} ушло назад раньше, чем сообщили об оплате`,
    noted: (status) => `решено: ничего не меняется, ${status}`,
    declined: (reason) => `решено: конец, ${reason}`,
    inconsistent: (reason) => `решено: так не бывает, ${reason}`,
    duplicate: "решено: это уже известно, ничего не меняется",
  },
  wholeStory: "📄 Всё целиком (JSON)",
  refundWhole: "↩️ Вернуть деньги",
  sureRefund: (amount, name, gateway) =>
    `Вернуть ${amount} (${isolated(name)}, ${gateway})? Купленное время уйдёт вместе с ними. Часть суммы: <code>/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt;</code>`,
  yesRefund: "Да, вернуть",
  refundReason: "так решил администратор",
  refundTaken: "Принято. Чем кончится, придёт сюда.",
  refundHow:
    "Пришлите <code>/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt;</code>, например <code>/refund 1a2b3c4d 99.50 медленный сервер</code>; сумма — в валюте платежа.",
  refundAmount: (currency) =>
    `Это не сумма в ${currency}. Напишите её с точкой и без знака, например 99.5`,
  refundAmbiguous: "Так начинается не один платёж: пришлите номер целиком.",

  unmatchedTitle: (n) => `❓ <b>Денег, которых никто не просил: ${n}</b>`,
  unmatchedDigest: (n) =>
    `❓ ${counted(n, ["поступление, которого никто не просил, ждёт", "поступления, которых никто не просил, ждут", "поступлений, которых никто не просил, ждут"])} решения: /unmatched`,
  unmatchedNone: "Ничьих денег нет.",
  unmatchedLine: (n, amount, at) => `${n}. <b>${amount}</b>, ${at}`,
  unmatchedHow:
    "Чтобы положить их на баланс клиента, пришлите /give, строку под суммой и номер клиента:\n<code>/give &lt;шлюз&gt; &lt;ссылка&gt; &lt;клиент&gt;</code>",
  ignoreUnmatched: (n, amount) => `🙈 Не трогать ${n}: ${amount}`,
  returnUnmatched: (n) => `↩️ Вернуть ${n}`,
  askReturn: (amount, gateway) =>
    `Вернуть ${amount} тому, кто заплатил через ${gateway}? Отменить это нельзя.`,
  confirmReturn: "↩️ Да, вернуть",
  askIgnoreReason: (amount) => `Почему ${amount} можно не трогать? Пришлите причину сообщением.`,
  ignoreWord: "Причина",
  resolutionTaken: "Принято. Чем кончится, придёт сюда.",

  moneyNumbers: (n) =>
    `Оплачено сегодня: ${n.paid}\nНичьих денег: ${n.unmatched}\nНайдено и исправлено сегодня: ${n.found}`,
  nothingPaid: "пока ничего",
  customerMoney: (balance) => `Баланс: ${balance}`,
  balanceEmpty: "пуст",
  customerDebt: (amounts) => `⚠️ Долг после отозванного платежа: ${amounts}`,
  lastPayments: "<b>Последние платежи</b>",
  allPayments: "🧾 Платежи",
};
