import type { AccessTexts } from "../../en/access/index.ts";
import { escapeHtml } from "../../html.ts";
import { counted, days, formOf, hours } from "../counts.ts";

export const home: AccessTexts["home"] = {
  active: (until, left) => `✅ <b>Доступ открыт до ${until}</b> (${left})`,
  trial: (until, left) => `🎁 <b>Пробный доступ до ${until}</b> (${left})`,
  grace: (until) =>
    `⚠️ <b>Оплаченное время вышло.</b> VPN поработает до ${until}. Продлите, чтобы он не отключился.`,
  exhausted: (until) =>
    `📊 <b>Трафик израсходован</b>, VPN приостановлен. Доступ оплачен до ${until}: купите тариф, и трафик снова появится.`,
  expired:
    "⌛ <b>Доступ закончился.</b> Выберите тариф, и ваши устройства сразу заработают с теми же ключами.",
  withoutTime: (shop) =>
    `👋 <b>Добро пожаловать! Это ${escapeHtml(shop)}.</b> Выберите тариф, чтобы начать.`,
  ended: "🚫 <b>Администратор закрыл вам доступ.</b> Есть вопросы? Откройте «Помощь».",
  waiting: "🕓 <b>Заявка у администратора.</b> Как только он решит, мы напишем сюда.",
  declinedUntil: (at) => `🚫 <b>Заявка отклонена.</b> Подать её ещё раз можно будет после ${at}.`,
  declined: "🚫 <b>Заявка отклонена.</b> Её уже можно подать ещё раз.",
  stranger: (shop) =>
    `👋 <b>Добро пожаловать! Это ${escapeHtml(shop)}.</b> Нажмите «Начать», чтобы попросить доступ.`,
  admin: "🛡 <b>Вы администратор.</b>",
  daysLeft: (n) => `${formOf(n, "остался", "осталось", "осталось")} ${days(n)}`,
  hoursLeft: (n) => `${formOf(n, "остался", "осталось", "осталось")} ${hours(n)}`,
  devices: (n, limit) => `📱 Устройства: ${n} из ${limit}`,
  traffic: (used, limit) => `📊 Трафик: ${used} из ${limit}`,
  balance: (has) => `💰 Баланс: ${has}`,
  openOrders: (n) =>
    `🧾 ${formOf(n, "Ждёт", "Ждут", "Ждут")} оплаты: ${counted(n, "счёт", "счёта", "счетов")}`,
};
