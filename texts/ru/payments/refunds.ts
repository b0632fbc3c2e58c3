import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml, isolated } from "../../html.ts";

export const refund: PaymentsTexts["refund"] = {
  underWay: (amount) => `↩️ Вы заплатили дважды: возвращаем вам ${amount}.`,
  returned: (amount) => `↩️ Вам возвращено ${amount}.`,
  failed: (amount, isOnBalance) =>
    `⚠️ Вернуть вам ${amount} не получилось${isOnBalance ? ": деньги на вашем балансе (/balance)" : ""}. Вопросы: /paysupport`,
  button: "↩️ Вернуть деньги",
  sure: (amount, name, gateway) =>
    `Вернуть ${amount} (${isolated(name)}, ${gateway})? Купленное время будет снято. Вернуть часть: <code>/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt;</code>`,
  yes: "Да, вернуть",
  defaultReason: "решение администратора",
  taken: "Принято. Результат придёт сюда.",
  how: "Пришлите <code>/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt;</code>, например <code>/refund 1a2b3c4d 99.50 медленный сервер</code>; сумма — в валюте платежа.",
  badAmount: (currency) =>
    `Это не сумма в ${currency}. Напишите её с точкой и без знака валюты, например 99.5`,
  ambiguous: "Так начинаются номера нескольких платежей: пришлите номер целиком.",
  ask: (facts) =>
    `↩️ <b>Возврат ${facts.amount}</b>, ${facts.gateway}\nКому: ${isolated(facts.name)} (<code>${facts.id}</code>)\nПричина: ${escapeHtml(facts.reason)}\nЗапрошен: ${facts.at}`,
};

export const refundNotOpened: PaymentsTexts["refundNotOpened"] = {
  notAdmin: "Это могут только администраторы.",
  noPayment: "Оплаченного платежа с таким номером нет.",
  nothingLeft: "Всё уже возвращено.",
  tooMuch: "Это больше, чем осталось от платежа, или другая валюта.",
  underWay: "Возврат этого платежа уже идёт.",
  onlyWhole: "Этот шлюз возвращает платёж только целиком.",
  notPossible: "Этот шлюз не умеет возвращать деньги. Отправьте их вручную.",
  spent: "Эти деньги попали на баланс клиента и уже потрачены: баланса не хватает.",
};
