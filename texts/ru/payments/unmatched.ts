import type { PaymentsTexts } from "../../en/payments/index.ts";
import { isolated } from "../../html.ts";
import { counted } from "../counts.ts";

export const unmatched: PaymentsTexts["unmatched"] = {
  listTitle: (n) => `❓ <b>Неопознанных платежей: ${n}</b>`,
  digest: (n) =>
    `❓ ${counted(n, "неопознанный платёж ждёт", "неопознанных платежа ждут", "неопознанных платежей ждут")} решения.`,
  none: "Неопознанных платежей нет.",
  line: (n, amount, at) => `${n}. <b>${amount}</b>, ${at}`,
  one: (amount, at, gateway) => `❓ <b>Неопознанный платёж: ${amount}</b>\n${at}, ${gateway}`,
  choice: (amount) => `❓ ${amount}`,
  open: (n) => `🔎 Подробнее о ${n}`,
  openThis: "🔎 Подробнее",
  giveThis: "🎁 Отдать клиенту…",
  ignoreThis: "🙈 Пропустить",
  returnThis: "↩️ Вернуть",
  how: "Чтобы зачислить платёж на баланс клиента, пришлите /give, строку под суммой и номер клиента:\n<code>/give &lt;шлюз&gt; &lt;номер операции&gt; &lt;клиент&gt;</code>",
  give: (n) => `🎁 Отдать ${n}…`,
  askWhom: (amount) =>
    `Чей это платёж, ${amount}? Пришлите имя, @username, номер в Telegram или номер платежа.`,
  field: "Имя, @username, номер…",
  choose: "Чей это платёж?",
  sureGive: (amount, name, id) =>
    `Зачислить ${amount} на баланс: ${isolated(name)} (<code>${id}</code>)?`,
  yesGive: "🎁 Да, зачислить",
  from: (name) => `отправитель ${isolated(name)}`,
  ignore: (n, amount) => `🙈 Пропустить ${n}: ${amount}`,
  askReason: (amount) =>
    `Почему платёж на ${amount} можно пропустить? Пришлите причину сообщением.`,
  reasonField: "Причина",
  return: (n) => `↩️ Вернуть ${n}`,
  askReturn: (amount, gateway) =>
    `Вернуть ${amount} тому, кто заплатил через ${gateway}? Отменить это нельзя.`,
  yesReturn: "↩️ Да, вернуть",
};

export const transfer: PaymentsTexts["transfer"] = {
  wallet: (address) => `С кошелька: <code>${address}</code>`,
  comment: (text) => `Комментарий отправителя: ${isolated(text)}`,
};

export const unmatchedResolved: PaymentsTexts["unmatchedResolved"] = {
  done: "✅ Записано.",
  notAdmin: "Это могут только администраторы.",
  noCustomer: "Такого клиента нет.",
  notOpen: "По этому платежу уже принято решение.",
  notPossible: "Этот шлюз не умеет возвращать деньги. Зачислите их клиенту или верните вручную.",
  given: (amount, name, balance) =>
    `✅ ${amount} зачислено: ${isolated(name)}. На балансе теперь ${balance}.`,
  ignored: (amount, gateway, reason) =>
    `🙈 Платёж на ${amount} (${gateway}) пропущен.${reason && `\nПричина: ${isolated(reason)}`}`,
  underWay: (amount, gateway) =>
    `⏳ ${gateway} возвращает ${amount} плательщику. Результат придёт сюда.`,
  returned: (amount, gateway) => `✅ ${amount} возвращено плательщику (${gateway}).`,
  refused: (amount, gateway) =>
    `⚠️ ${gateway}: в возврате ${amount} отказано. Платёж снова ждёт решения.`,
};
