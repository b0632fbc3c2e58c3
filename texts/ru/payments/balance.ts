import type { PaymentsTexts } from "../../en/payments/index.ts";

export const balance: PaymentsTexts["balance"] = {
  title: "💰 <b>Ваш баланс</b>",
  none: "Баланс пуст. Здесь лежит то, что вы заплатили сверх цены или что не удалось зачесть.",
  use: "Если его хватает на тариф, /plans предложит заплатить с него.",
  owed: (amounts) =>
    `⚠️ <b>Ваш долг: ${amounts}</b>. Платёж отозвали, когда его деньги уже были потрачены. Что поступит на баланс, сначала погасит долг. Вопросы: /paysupport`,
  underpaid: (paid, missing) =>
    `⚠️ Пришло ${paid}, не хватает ${missing}. Деньги лежат на вашем балансе (/balance): доплатите по тому же счёту или оплатите с баланса, когда хватит.`,
  credited: (amount, why) => `💰 ${amount} теперь на вашем балансе (/balance): ${why}.`,
  surplus: (amount) => `💰 Вы заплатили на ${amount} больше: они на балансе (/balance).`,
  tooSmall: (amount) =>
    `⚠️ На балансе (/balance) уже нет ${amount}. Ничего не списано и не куплено: /plans`,
  ofCustomer: (balance) => `Баланс: ${balance}`,
  empty: "пуст",
  debtOfCustomer: (amounts) => `⚠️ Долг после отозванного платежа: ${amounts}`,
};

export const creditReasons: PaymentsTexts["creditReasons"] = {
  underpaid: "это меньше цены",
  wrongCurrency: "деньги пришли не в валюте счёта",
  paidTwice: "этот счёт уже был оплачен",
  blocked: "доступ заблокирован; напишите в /support",
  noAccess: "подписка закончилась; напишите в /support",
  found: "администратор нашёл ваш платёж",
};
