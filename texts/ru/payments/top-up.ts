import type { PaymentsTexts } from "../../en/payments/index.ts";

export const topUp: PaymentsTexts["topUp"] = {
  title: "Пополнение баланса",
  choose:
    "➕ <b>Пополнить баланс</b>\nДеньги лежат на балансе, ими можно оплатить любой тариф. Что не потрачено, можно вернуть: напишите в «Помощь».\n\nНа сколько пополнить?",
  howToPay: (amount) =>
    `➕ <b>Пополнить на ${amount}</b>\nДеньги будут на балансе сразу после оплаты.\n\nКак удобнее заплатить?`,
  other: "✏️ Другая сумма",
  inCurrency: (currency) =>
    currency === "XTR" ? "В звёздах" : currency === "RUB" ? "В рублях" : `В ${currency}`,
  ask: (least, most) => `✏️ На сколько? Пришлите сумму от ${least} до ${most}.`,
  field: "Сумма",
  notAmount: (least, most) => `⚠️ Это не сумма. Пришлите число от ${least} до ${most}.`,
  tooSmall: (least, most) => `⚠️ Это слишком мало. Можно от ${least} до ${most}.`,
  tooLarge: (least, most) => `⚠️ За один раз это слишком много. Можно от ${least} до ${most}.`,
  off: "Сейчас пополнить баланс нельзя. Тариф можно оплатить напрямую.",
  done: (amount) => `✅ ${amount} — на вашем балансе. Ими можно оплатить тариф.`,
};
