import type { AccessTexts } from "../en/access.ts";
import { isolated } from "../html.ts";
import { days, devices } from "./counts.ts";

export const access: AccessTexts = {
  subscription: {
    timeGiven: (until) => `➕ Ваш доступ теперь открыт до <b>${until}</b>.`,
    timePaid: (until) =>
      `✅ Оплата получена. Доступ открыт до <b>${until}</b>. Ключи остались прежними: /devices`,
    timeTakenBack: (until) =>
      `↩️ Платёж возвращён, поэтому доступ теперь открыт до <b>${until}</b>.`,
    reminder: (left, until) =>
      `⏳ Осталось: ${days(left)}. Доступ закончится <b>${until}</b>. Продлить: /plans`,
    graceBegan: (until) =>
      `⏳ Оплаченное время вышло. VPN поработает до ${until}, чтобы вы успели продлить: /plans`,
    expired:
      "⌛ Доступ закончился, VPN выключен. Устройства сохранены: после продления снова заработают те же ключи: /plans",
    back: "✅ Доступ снова открыт. Работают те же ключи.",
    revoked: "🚫 Администратор закрыл доступ. Вопросы: /support",
    trafficUsedUp: (until) =>
      `📊 Трафик тарифа израсходован, доступ приостановлен (он оплачен до ${until}). Новая покупка даст новый трафик: /plans`,
    notActive: "Доступ не активен, поэтому ключ прислать нельзя. Продлить: /plans",
  },

  host: {
    notAnswering:
      "⚠️ VPN-сервер не отвечает. Мы продолжаем попытки, и ключ придёт сюда, как только сервер заработает. Делать ничего не нужно.",
    changeDelayed:
      "⚠️ VPN-сервер не отвечает. Изменение сохранено и вступит в силу, как только сервер заработает. Делать ничего не нужно.",
    refused:
      "⚠️ VPN-сервер не принял запрос. Оператор уже знает; мы повторяем попытку каждые несколько минут и напишем вам.",
    full: "⚠️ Все VPN-серверы заполнены. Оператор уже знает; ключ придёт сюда, когда появится место.",
  },

  key: {
    fileCaption: (name) => `🔐 Ключ для ${isolated(name)}. Никому его не передавайте.`,
    qrCaption: "📱 Или отсканируйте это приложением AmneziaWG на телефоне.",
    instruction: (given) =>
      `<b>Как подключиться</b>\n1. Установите <b>AmneziaWG</b> или <b>AmneziaVPN</b> (App Store, Google Play, amnezia.org).\n2. Откройте в нём файл .conf выше${given.hasQr ? " или отсканируйте QR" : ""}.\n3. Включите переключатель.${given.link === undefined ? "" : `\n\nДля AmneziaVPN можно скопировать и вставить этот ключ:\n<blockquote expandable><code>${given.link}</code></blockquote>`}`,
  },

  device: {
    listTitle: (count, limit) => `📱 <b>Ваши устройства</b>: ${count} из ${limit}`,
    none: "Устройств пока нет. Добавьте первое, и ключ придёт сюда.",
    line: (name, seen) => `• ${isolated(name)}, ${seen}`,
    card: (name, host, address, seen) =>
      `📱 <b>${isolated(name)}</b>\nСервер: ${isolated(host)}\nАдрес: ${address}\n${seen}`,
    waits: (name) =>
      `📱 <b>${isolated(name)}</b>\nВсе серверы заполнены. Ключ придёт сюда, как только появится место.`,
    off: (name) =>
      `📱 <b>${isolated(name)}</b>\nДоступ не активен. Когда он откроется, ключ придёт сюда.`,
    defaultName: (n) => `Устройство ${n}`,
    limit: (limit) =>
      `У вас уже ${devices(limit)}, больше добавить нельзя. Сначала удалите одно: /devices`,
    add: "➕ Добавить устройство",
    sendKey: "🔐 Прислать ключ",
    rename: "✏️ Переименовать",
    askName: (name, longest) =>
      `Пришлите сообщением новое имя для ${isolated(name)} (до ${longest} символов).`,
    renameForgotten: "Какое устройство? Откройте /devices и нажмите «Переименовать» ещё раз.",
    renamed: (name) => `✏️ Новое имя: ${isolated(name)}.`,
    reissue: "🔄 Новый ключ",
    sureReissue: (name) =>
      `Выпустить новый ключ для ${isolated(name)}? Прежний сразу перестанет работать.`,
    yesReissue: "Да, выпустить новый",
    remove: "🗑 Удалить",
    sureRemove: (name) => `Удалить ${isolated(name)}? Ключ сразу перестанет работать.`,
    yesRemove: "Да, удалить",
    removed: (name) => `🗑 Устройство ${isolated(name)} удалено, его ключ больше не работает.`,
    unknown: "Такого устройства уже нет. Ваши устройства: /devices",
  },

  seen: {
    now: "сейчас подключено",
    at: (at) => `последнее подключение: ${at}`,
    never: "ещё не подключалось",
    waiting: "ждёт места на сервере",
    off: "пока выключено",
  },

  traffic: {
    title: "📊 <b>Ваш трафик</b>",
    none: "Трафика ещё нет. Данные появятся в течение минуты после подключения.",
    line: (name, down, up, seen) => `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
    today: (down, up) => `Сегодня: ⬇ ${down}, ⬆ ${up}`,
    until: (until) => `Доступ до ${until}`,
    allowance: (used, limit) => `Израсходовано по тарифу: ${used} из ${limit}`,
    units: ["Б", "КБ", "МБ", "ГБ", "ТБ"],
  },
};
