import type { PaymentsTexts } from "../../en/payments/index.ts";
import { counted } from "../counts.ts";

export const unmatched: PaymentsTexts["unmatched"] = {
  listTitle: (n) => `❓ <b>Денег, которых никто не просил: ${n}</b>`,
  digest: (n) =>
    `❓ ${counted(n, "поступление, которого никто не просил, ждёт", "поступления, которых никто не просил, ждут", "поступлений, которых никто не просил, ждут")} решения: /unmatched`,
  none: "Ничьих денег нет.",
  line: (n, amount, at) => `${n}. <b>${amount}</b>, ${at}`,
  how: "Чтобы положить их на баланс клиента, пришлите /give, строку под суммой и номер клиента:\n<code>/give &lt;шлюз&gt; &lt;ссылка&gt; &lt;клиент&gt;</code>",
  ignore: (n, amount) => `🙈 Не трогать ${n}: ${amount}`,
  askReason: (amount) => `Почему ${amount} можно не трогать? Пришлите причину сообщением.`,
  reasonField: "Причина",
  return: (n) => `↩️ Вернуть ${n}`,
  askReturn: (amount, gateway) =>
    `Вернуть ${amount} тому, кто заплатил через ${gateway}? Отменить это нельзя.`,
  yesReturn: "↩️ Да, вернуть",
  taken: "Принято. Чем кончится, придёт сюда.",
};

export const unmatchedResolved: PaymentsTexts["unmatchedResolved"] = {
  done: "✅ Записано.",
  notAdmin: "Это могут только администраторы.",
  noCustomer: "Такого клиента нет.",
  notOpen: "По этим деньгам уже принято решение.",
  notPossible: "Этот шлюз не умеет возвращать деньги. Отдайте их клиенту или отправьте вручную.",
  returned: "✅ Деньги вернулись тому, кто их заплатил.",
  refused: "⚠️ Шлюз отказался их вернуть. Они там же, где были: /unmatched",
};
