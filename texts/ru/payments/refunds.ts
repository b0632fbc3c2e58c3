import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml, isolated } from "../../html.ts";

export const refund: PaymentsTexts["refund"] = {
  underWay: (amount) => `↩️ ${amount}, оплаченные второй раз, возвращаются к вам.`,
  returned: (amount) => `↩️ Вам возвращено ${amount}.`,
  failed: (amount, isOnBalance) =>
    `⚠️ Вернуть вам ${amount} не получилось${isOnBalance ? ": деньги на вашем балансе (/balance)" : ""}. Вопросы: /paysupport`,
  button: "↩️ Вернуть деньги",
  sure: (amount, name, gateway) =>
    `Вернуть ${amount} (${isolated(name)}, ${gateway})? Купленное время уйдёт вместе с ними. Часть суммы: <code>/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt;</code>`,
  yes: "Да, вернуть",
  defaultReason: "так решил администратор",
  taken: "Принято. Чем кончится, придёт сюда.",
  how: "Пришлите <code>/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt;</code>, например <code>/refund 1a2b3c4d 99.50 медленный сервер</code>; сумма — в валюте платежа.",
  badAmount: (currency) =>
    `Это не сумма в ${currency}. Напишите её с точкой и без знака, например 99.5`,
  ambiguous: "Так начинается не один платёж: пришлите номер целиком.",
  ask: (facts) =>
    `↩️ <b>Возврат ${facts.amount}</b>, ${facts.gateway}\nКому: ${isolated(facts.name)} (<code>${facts.id}</code>)\nПричина: ${escapeHtml(facts.reason)}\nЗапрошен: ${facts.at}`,
};

export const refundNotOpened: PaymentsTexts["refundNotOpened"] = {
  notAdmin: "Это могут только администраторы.",
  noPayment: "Такого оплаченного платежа нет.",
  nothingLeft: "Всё уже возвращено.",
  tooMuch: "Это больше, чем осталось от платежа, или другая валюта.",
  underWay: "Возврат этих денег уже идёт.",
  onlyWhole: "Этот шлюз возвращает платёж только целиком.",
  notPossible: "Этот шлюз не умеет возвращать деньги. Отправьте их вручную.",
  spent: "Эти деньги попали на баланс клиента и уже потрачены: на балансе меньше.",
};
