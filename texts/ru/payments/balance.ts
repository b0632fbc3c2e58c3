import type { PaymentsTexts } from "../../en/payments/index.ts";

export const balance: PaymentsTexts["balance"] = {
  title: "💰 <b>Ваш баланс</b>",
  none: "Баланс пуст. Здесь хранятся переплата и деньги, которые не удалось зачесть.",
  use: "Если его хватает на тариф, можно заплатить с баланса.",
  owed: (amounts) =>
    `⚠️ <b>Ваш долг: ${amounts}</b>. Платёж оспорили, когда деньги уже были потрачены. Поступления на баланс сначала погашают долг. Есть вопросы? Откройте «Помощь».`,
  underpaid: (paid, missing) =>
    `⚠️ Пришло ${paid}, не хватает ${missing}. Деньги на вашем балансе: доплатите по тому же счёту или оплатите с баланса, когда хватит.`,
  credited: (amount, why) => `💰 ${amount} теперь на вашем балансе: ${why}.`,
  surplus: (amount) => `💰 Переплата ${amount} теперь на вашем балансе.`,
  tooSmall: (amount) => `⚠️ На балансе уже нет ${amount}. Ничего не списано и не куплено.`,
  ofCustomer: (balance) => `Баланс: ${balance}`,
  empty: "пуст",
  debtOfCustomer: (amounts) => `⚠️ Долг после оспоренного платежа: ${amounts}`,
};

export const creditReasons: PaymentsTexts["creditReasons"] = {
  underpaid: "это меньше цены",
  wrongCurrency: "деньги пришли не в валюте счёта",
  paidTwice: "этот счёт уже был оплачен",
  blocked: "доступ заблокирован; напишите нам через «Помощь»",
  noAccess: "подписка закончилась; напишите нам через «Помощь»",
  found: "администратор нашёл ваш платёж",
};
