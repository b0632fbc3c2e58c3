import type { PaymentsTexts } from "../../en/payments/index.ts";
import { escapeHtml, isolated } from "../../html.ts";

export const refund: PaymentsTexts["refund"] = {
  underWay: (amount) => `↩️ Вы заплатили дважды: возвращаем вам ${amount}.`,
  began: (amount, until) =>
    `↩️ Возвращаем вам ${amount}.${until === undefined ? "" : ` Доступ теперь открыт до <b>${until}</b>.`}`,
  returned: (amount, until) =>
    `↩️ Мы вернули вам ${amount}.${until === undefined ? "" : ` Доступ теперь открыт до <b>${until}</b>.`}`,
  failed: (amount, isOnBalance) =>
    `⚠️ Вернуть вам ${amount} не получилось${isOnBalance ? ": деньги на вашем балансе" : ""}. Есть вопросы? Откройте «Помощь».`,
  button: "↩️ Вернуть деньги",
  sure: (amount, name, gateway) =>
    `Вернуть ${amount} (${isolated(name)}, ${gateway})? Купленное будет снято.`,
  yes: "Да, вернуть",
  part: "Только часть",
  askPart: (left) => `Сколько вернуть? Не больше ${left}. Пришлите сумму.`,
  partField: "Сумма",
  surePart: (amount, name, gateway) =>
    `Вернуть ${amount} (${isolated(name)}, ${gateway})? Снимем столько же из купленного.`,
  sureByHand: (amount, name, gateway) =>
    `${gateway} сам деньги не возвращает. Отправьте ${amount} на кошелёк клиента ${isolated(name)} (адрес есть в «Всё» на карточке платежа) и нажмите кнопку. Купленное будет снято.`,
  sentByHand: "Я отправил деньги",
  hashNext: "↩️ Теперь нужен хеш транзакции: пришлите его сообщением.",
  askTransaction: "Пришлите хеш транзакции, которой вы вернули деньги.",
  transactionField: "Хеш транзакции",
  badTransaction:
    "Это не хеш транзакции: нужны 64 шестнадцатеричные цифры или 44 знака base64, можно ссылкой на обозреватель. Пришлите ещё раз.",
  sureBook: (amount, name, hash) =>
    `Записать возврат ${amount} (${isolated(name)}) этой транзакцией?\n<code>${hash}</code>\nКупленное будет снято, клиент получит сообщение. В блокчейн бот не заглядывает: проверьте сами, что перевод прошёл.`,
  book: "Да, записать",
  defaultReason: "решение администратора",
  taken: (amount, name, gateway) =>
    `↩️ Возврат ${amount} начат: ${isolated(name)}, ${gateway}. Результат придёт сюда.`,
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
  notPossible:
    "Этот шлюз не умеет возвращать деньги. Отправьте их вручную, затем откройте платёж и нажмите «Вернуть деньги».",
  possible: "Этот шлюз возвращает деньги сам: отправлять вручную не нужно.",
  sameTransaction: "Этой транзакцией уже отправлен другой возврат.",
  spent: "Эти деньги попали на баланс клиента и уже потрачены: баланса не хватает.",
};
