import type { PaymentsTexts } from "../../en/payments/index.ts";

export const balance: PaymentsTexts["balance"] = {
  title: "💰 <b>Ваш баланс</b>",
  none: "На балансе пусто. Его можно пополнить и платить с него за тарифы.",
  use: "Когда денег хватит на тариф, его можно оплатить с баланса.",
  owed: (amounts) =>
    `⚠️ <b>Ваш долг: ${amounts}</b>. Банк отозвал платёж, который вы уже потратили. Деньги на балансе сначала пойдут на долг. Есть вопросы? Откройте «Помощь».`,
  underpaid: (paid, missing) =>
    `⚠️ Пришло ${paid}, не хватает ${missing}. Деньги на вашем балансе: доплатите по тому же счёту или купите тариф с баланса, когда хватит.`,
  credited: (amount, why) => `💰 ${amount} — на вашем балансе: ${why}.`,
  surplus: (amount) => `💰 Переплата ${amount} — на вашем балансе.`,
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
  noUse: "купленное уже не пригодится; деньги можно потратить на другое",
  topUp: "вы пополнили баланс",
  found: "мы нашли ваш платёж",
};
