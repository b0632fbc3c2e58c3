import type { AccessTexts } from "../../en/access/index.ts";
import { escapeHtml } from "../../html.ts";
import { counted, days, formOf, hours } from "../counts.ts";

export const home: AccessTexts["home"] = {
  active: (until, left) => `✅ <b>Доступ открыт до ${until}</b> (${left})`,
  trial: (until, left) => `🎁 <b>Пробный доступ до ${until}</b> (${left})`,
  grace: (until) =>
    `⚠️ <b>Оплаченное время вышло.</b> VPN поработает до ${until}. Продлите, чтобы он не отключился.`,
  exhausted: (until, canBuy) =>
    `📊 <b>Трафик закончился</b>, VPN на паузе. Доступ открыт до ${until}: ${canBuy ? "добавьте трафик, и те же ключи сразу заработают." : "купите тариф, и трафик снова появится."}`,
  expired:
    "⌛ <b>Доступ закончился.</b> Выберите тариф, и ваши устройства сразу заработают с теми же ключами.",
  withoutTime: (shop) =>
    `👋 <b>Добро пожаловать! Это ${escapeHtml(shop)}.</b> Выберите тариф, чтобы начать.`,
  ended: "🚫 <b>Ваш доступ закрыт.</b> Открыть его снова можем мы: напишите через «Помощь».",
  waiting: "🕓 <b>Мы рассматриваем вашу заявку.</b> Ответ придёт прямо сюда.",
  declinedUntil: (at) => `🚫 <b>Заявка отклонена.</b> Подать новую можно будет после ${at}.`,
  declined: "🚫 <b>Заявка отклонена.</b> Уже можно подать новую.",
  stranger: (shop) =>
    `👋 <b>Добро пожаловать! Это ${escapeHtml(shop)}.</b> Нажмите «Начать», чтобы получить доступ.`,
  admin: "🛡 <b>Вы в команде.</b> Всё для работы — по кнопке «Админка».",
  daysLeft: (n) => `${formOf(n, "остался", "осталось", "осталось")} ${days(n)}`,
  minutesLeft: "осталось меньше часа",
  hoursLeft: (n) => `${formOf(n, "остался", "осталось", "осталось")} ${hours(n)}`,
  devices: (n, limit) => `📱 Устройства: ${n} из ${limit}`,
  devicesPaused: (n) => `⏸ На паузе: ${n}. Чем пользоваться, выберите в «Устройствах».`,
  traffic: (used, limit) => `📊 Трафик: ${used} из ${limit}`,
  balance: (has) => `💰 Баланс: ${has}`,
  openOrders: (n) =>
    `🧾 ${formOf(n, "Ждёт", "Ждут", "Ждут")} оплаты: ${counted(n, "счёт", "счёта", "счетов")}`,
};
