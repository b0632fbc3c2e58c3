import type { AccessTexts } from "../en/access.ts";
import { days, devices } from "./counts.ts";
import { isolated } from "../html.ts";

export const access: AccessTexts = {
  subscription: {
    timeGiven: (until) => `➕ Теперь доступ до <b>${until}</b>.`,
    timePaid: (until) =>
      `✅ Оплата получена. Доступ открыт до <b>${until}</b>. Ключи остались прежними: /devices`,
    timeTakenBack: (until) => `↩️ Платёж возвращён, поэтому доступ теперь до <b>${until}</b>.`,
    reminder: (left, until) =>
      `⏳ Осталось: ${days(left)}. Доступ закончится <b>${until}</b>. Продлить: /plans`,
    graceBegan: (until) =>
      `⏳ Оплаченное время вышло. VPN поработает до ${until}, чтобы вы успели продлить: /plans`,
    expired:
      "⌛ Доступ закончился, VPN выключен. Устройства сохранены: с новым временем те же ключи заработают снова: /plans",
    back: "✅ Доступ снова есть. Те же ключи работают.",
    revoked: "🚫 Администратор закрыл доступ. Вопросы: /support",
    trafficUsedUp: (until) =>
      `📊 Трафик тарифа израсходован, доступ приостановлен (он оплачен до ${until}). Новая покупка даст новый трафик: /plans`,
    notActive: "Сейчас доступа нет, поэтому ключ прислать нельзя. Продлить: /plans",
  },

  host: {
    notAnswering:
      "⚠️ VPN-сервер сейчас не отвечает. Мы продолжаем пробовать, и ключ придёт сюда сам, как только сервер вернётся. Делать ничего не нужно.",
    changeDelayed:
      "⚠️ VPN-сервер сейчас не отвечает. Изменение записано и будет сделано, как только сервер вернётся. Делать ничего не нужно.",
    refused:
      "⚠️ VPN-сервер этого не принял. Оператор уже знает; мы пробуем снова каждые несколько минут и напишем вам.",
    full: "⚠️ Все VPN-серверы сейчас заполнены. Оператор уже знает; ключ придёт сюда сам, когда появится место.",
  },

  key: {
    fileCaption: (name) => `🔐 Ключ для ${isolated(name)}. Никому его не передавайте.`,
    qrCaption: "📱 Или отсканируйте это приложением AmneziaWG на телефоне.",
    instruction: (given) =>
      `<b>Как подключиться</b>\n1. Установите <b>AmneziaWG</b> или <b>AmneziaVPN</b> (App Store, Google Play, amnezia.org).\n2. Откройте в нём файл .conf выше${given.hasQr ? " или отсканируйте QR" : ""}.\n3. Включите переключатель.${given.link === undefined ? "" : `\n\nДля AmneziaVPN можно скопировать и вставить этот ключ:\n<blockquote expandable><code>${given.link}</code></blockquote>`}`,
  },

  device: {
    listTitle: (count, limit) => `📱 <b>Ваши устройства</b>: ${count} из ${limit}`,
    none: "Устройств нет. Добавьте одно, и ключ придёт сюда.",
    line: (name, seen) => `• ${isolated(name)}, ${seen}`,
    card: (name, host, address, seen) =>
      `📱 <b>${isolated(name)}</b>\nСервер: ${isolated(host)}\nАдрес: ${address}\n${seen}`,
    waits: (name) =>
      `📱 <b>${isolated(name)}</b>\nВсе серверы заняты. Ключ придёт сюда сам, как только появится место.`,
    off: (name) =>
      `📱 <b>${isolated(name)}</b>\nДоступ пока выключен. Когда он включится, ключ придёт сюда сам.`,
    defaultName: (n) => `Устройство ${n}`,
    limit: (limit) => `У вас уже ${devices(limit)}, это предел. Сначала удалите одно: /devices`,
    add: "➕ Добавить устройство",
    sendKey: "🔐 Прислать ключ",
    rename: "✏️ Переименовать",
    askName: (name) => `Пришлите сообщением новое имя для ${isolated(name)} (до 32 символов).`,
    renameForgotten: "Какое устройство? Откройте /devices и нажмите «Переименовать» ещё раз.",
    renamed: (name) => `✏️ Теперь это ${isolated(name)}.`,
    reissue: "🔄 Новый ключ",
    sureReissue: (name) => `Новый ключ для ${isolated(name)}? Нынешний сразу перестанет работать.`,
    yesReissue: "Да, новый ключ",
    remove: "🗑 Удалить",
    sureRemove: (name) => `Удалить ${isolated(name)}? Ключ сразу перестанет работать.`,
    yesRemove: "Да, удалить",
    removed: (name) => `🗑 ${isolated(name)} удалено; ключ больше не работает.`,
    unknown: "Такого устройства уже нет. /devices покажет, что есть.",
  },

  seen: {
    now: "сейчас на связи",
    at: (at) => `на связи ${at}`,
    never: "ещё не подключалось",
    waiting: "ждёт места на сервере",
    off: "пока выключено",
  },

  traffic: {
    title: "📊 <b>Ваш трафик</b>",
    none: "Трафика ещё нет. Он считается каждые полминуты, пока вы на связи.",
    line: (name, down, up, seen) => `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
    today: (down, up) => `Сегодня: ⬇ ${down}, ⬆ ${up}`,
    until: (until) => `Доступ до ${until}`,
    allowance: (used, limit) => `Из трафика тарифа: ${used} из ${limit}`,
    units: ["Б", "КБ", "МБ", "ГБ", "ТБ"],
  },
};
