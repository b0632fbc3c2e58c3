import type { AccessTexts } from "../../en/access/index.ts";
import { escapeHtml, isolated } from "../../html.ts";
import { days, devices, formOf, useOfDevices } from "../counts.ts";
import { namedDevices } from "../../device-names.ts";
import { connect, key } from "./connect.ts";
import { home } from "./home.ts";
import { maintenance } from "./maintenance.ts";
import { status } from "./status.ts";
import { link } from "./link.ts";
import { location } from "./location.ts";

export const access: AccessTexts = {
  home,
  connect,
  key,
  link,
  location,
  maintenance,
  status,

  subscriptions: {
    name: (plan, number) => `${plan} · ${number}`,
    newOne: (plan) => `${plan}, новая подписка`,
    trial: "Пробный",
    heading: (name) => `📦 <b>${escapeHtml(name)}</b>`,
    listTitle: "📦 <b>Ваши подписки</b>",
    which: "📦 <b>Какая из подписок?</b>",
    whichOfCustomer: (name) => `📦 <b>Какая из подписок ${isolated(name)}?</b>`,
    extendOrNew:
      "🛒 <b>Продлить то, что есть, или оформить новую подписку?</b>\nУ новой будут свои время, трафик и устройства.",
    extend: (name) => `🔁 Продлить ${name}`,
    startNew: "➕ Новая подписка",
    beside: "➕ <b>Новая подписка</b> — вдобавок к тем, что уже есть.",
    all: "📦 Все подписки",
  },

  subscription: {
    timeGiven: (until) => `🎁 <b>Доступ теперь открыт до ${until}.</b>`,
    timePaid: (until) => `✅ <b>Оплачено. Доступ открыт до ${until}.</b> Ключи менять не нужно.`,
    reminder: (left, until) =>
      `⏳ <b>${formOf(left, "Остался", "Осталось", "Осталось")} ${days(left)}.</b> Доступ закончится ${until}.`,
    graceBegan: (until) =>
      `⚠️ <b>Оплаченное время вышло.</b> VPN поработает до ${until}, чтобы вы успели продлить доступ.`,
    expired:
      "⌛ <b>Доступ закончился</b>, VPN выключен. Устройства сохранены: выберите тариф, и те же ключи снова заработают.",
    back: "✅ Доступ снова открыт. Работают те же ключи.",
    unblocked: "✅ Бот снова доступен.",
    revoked: "🚫 <b>Ваш доступ закрыт.</b> Открыть его снова можем мы: напишите через «Помощь».",
    trafficUsedUp: (until, canBuy, again) =>
      `📊 <b>Трафик закончился</b>, VPN на паузе${again ? ` до ${again}: тогда трафик по тарифу начислится заново, и те же ключи заработают` : ""}. Доступ открыт до ${until}: ${canBuy ? "добавьте трафик, и те же ключи сразу заработают." : "купите тариф, и трафик снова появится."}`,
    trafficBack: (amount, until) =>
      `📊 <b>Трафик снова есть</b>: ${amount} до ${until}. VPN включён, работают те же ключи.`,
    notBegun:
      "👋 У вас пока нет тарифа, поэтому ключ прислать нельзя. Выберите тариф, и ключ придёт сюда.",
    notActive:
      "⌛ Доступ закончился, поэтому ключ прислать нельзя. Выберите тариф, и всё снова заработает.",
  },

  host: {
    notAnswering:
      "⚠️ VPN-сервер не отвечает. Ключ придёт сюда, как только сервер заработает. Делать ничего не нужно.",
    maintained:
      "🛠 На VPN-сервере идут работы. Ключ придёт сюда, как только они закончатся. Делать ничего не нужно.",
    sick: "⚠️ На VPN-сервере ваших устройств неполадки, подключение может не работать. Мы уже занимаемся этим и напишем сюда, когда всё наладится. Делать ничего не нужно.",
    well: "✅ VPN-сервер снова работает. Если на устройстве всё ещё нет связи, выключите VPN и включите снова.",
    changeDelayed:
      "⚠️ VPN-сервер не отвечает. Изменение сохранено и применится, как только сервер заработает. Делать ничего не нужно.",
    refused:
      "⚠️ VPN-сервер не принял запрос. Мы уже знаем об этом, пробуем снова и напишем вам сюда.",
    full: "⚠️ Сейчас все серверы заняты. Мы добавляем места, и ключ придёт сюда.",
  },

  device: {
    listTitle: (count, limit) => `📱 <b>Ваши устройства</b>: ${count} из ${limit}`,
    none: "Устройств пока нет. Добавьте первое, и ключ придёт сюда.",
    line: (name, seen) => `• ${isolated(name)}, ${seen}`,
    card: (name, host, address, seen) =>
      `📱 <b>${isolated(name)}</b>\nСервер: ${isolated(host)}${address === undefined ? "" : `\nАдрес: ${address}`}\n${seen}`,
    ownKey:
      "Приложение и дальше работает со своим ключом. Его сделали до нас, поэтому показать его нельзя: выпустите новый ключ, и он появится здесь.",
    waits: (name) =>
      `📱 <b>${isolated(name)}</b>\nКлюч ждёт сервера, на котором есть место, и сам придёт сюда.`,
    off: (name, why) => `📱 <b>${isolated(name)}</b>\n${why}`,
    paused: (name, limit, instead) =>
      `📱 <b>${isolated(name)}</b>\n⏸ На паузе: сразу можно пользоваться ${useOfDevices(limit)}. Ключ остаётся прежним.${instead === undefined ? "" : ` Если включить его, на паузу встанет ${isolated(instead)}.`}`,
    use: "▶️ Включить это устройство",
    used: (name, instead) =>
      `▶️ ${isolated(name)}: снова работает с тем же ключом.${instead === undefined ? "" : ` На паузе теперь ${isolated(instead)}: поменять можно в «Устройствах».`}`,
    chooseHow: "⏸ Откройте устройство на паузе, чтобы включить его вместо другого.",
    planPaused: (limit, names) =>
      `⏸ <b>Теперь сразу можно пользоваться ${useOfDevices(limit)}.</b> На паузе: ${namedDevices(names)}. Ключи остаются прежними. Чем пользоваться, выберите в «Устройствах».`,
    isPaused: (limit) =>
      `⏸ Это устройство на паузе: сразу можно пользоваться ${useOfDevices(limit)}. Откройте «Устройства», чтобы включить его вместо другого, или выберите тариф, где устройств больше.`,
    defaultName: "Устройство",
    limit: (limit, canBuy) =>
      `📱 Вам доступно ${devices(limit)}, и свободных мест нет. Сначала удалите одно${canBuy ? " или купите ещё место" : ""}.`,
    ended: (name, instead) =>
      `📱 <b>${isolated(name)}</b>\nУстройство отключено: срок дополнительного места вышел. Ключ остаётся прежним.${instead === undefined ? "" : ` Если включить его, отключится ${isolated(instead)}.`}`,
    add: "➕ Добавить устройство",
    sendKey: "🔐 Прислать ключ",
    qr: "🔳 QR-код",
    text: "📋 Ключ текстом",
    rename: "✏️ Переименовать",
    askName: (name, longest) =>
      `Напишите новое имя, до ${longest} символов. Сейчас: ${isolated(name)}.`,
    renameForgotten:
      "Какое это устройство? Откройте «Устройства» и нажмите «Переименовать» ещё раз.",
    renamed: (name) => `✏️ Новое имя: ${isolated(name)}.`,
    reissue: "🔄 Новый ключ",
    sureReissue: (name) =>
      `Сделать новый ключ: ${isolated(name)}? Старый сразу перестанет работать.`,
    yesReissue: "Да, новый ключ",
    remove: "🗑 Удалить",
    sureRemove: (name) => `Удалить ${isolated(name)}? Ключ сразу перестанет работать.`,
    yesRemove: "Да, удалить",
    removed: (name) => `🗑 Удалено: ${isolated(name)}. Ключ больше не работает.`,
    keyReplaced: (name) =>
      `🔄 Новый ключ: ${isolated(name)}. Старый больше не работает, новый придёт в этот чат.`,
    moved: {
      why: {
        customer: (name) => `🔀 ${isolated(name)} теперь на другом сервере.`,
        migration: (name) =>
          `🔀 ${isolated(name)} переезжает на другой сервер: прежний мы освобождаем.`,
        lost: (name) =>
          `🔀 Сервер, на котором было ${isolated(name)}, больше не заработает, поэтому устройство теперь на другом.`,
      },
      newKey: "Новый ключ придёт следом. Добавьте его в приложение, а старый удалите.",
      until: (until) =>
        `Старый ключ работает, пока вы не подключитесь с новым, но не дольше ${until}.`,
      sameLink: "Ссылка прежняя: обновите подписку в приложении.",
    },
    unknown: "Такого устройства уже нет.",
  },

  seen: {
    now: "сейчас подключено",
    at: (at) => `последнее подключение: ${at}`,
    never: "ещё не подключалось",
    waiting: "ждёт места на сервере",
    off: "пока выключено",
    paused: "⏸ на паузе",
    ended: "отключено: время вышло",
  },

  traffic: {
    title: "📊 <b>Ваш трафик</b>",
    none: "Трафика ещё нет. Данные появятся в течение минуты после подключения.",
    line: (name, down, up, seen) => `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
    today: (down, up) => `Сегодня: ⬇ ${down}, ⬆ ${up}`,
    month: (down, up) => `В этом месяце: ⬇ ${down}, ⬆ ${up}`,
    monthBefore: (down, up) => `В прошлом месяце: ⬇ ${down}, ⬆ ${up}`,
    until: (until) => `Доступ до ${until}`,
    allowance: (used, limit, until) =>
      `Потрачено по тарифу: ${used} из ${limit}${until ? `, до ${until}` : ""}`,
    chart: "📈 30 дней",
    chartCaption: (down, up) => `📈 <b>За последние 30 дней</b>\n⬇ ${down}, ⬆ ${up}`,
    download: "Получено",
    upload: "Отправлено",
    units: ["Б", "КБ", "МБ", "ГБ", "ТБ"],
  },
};
