import type { OperationsTexts } from "../en/operations.ts";
import { counted } from "./counts.ts";
import { escapeHtml } from "../html.ts";

export const operations: OperationsTexts = {
  menu: {
    title: "🛡 <b>Пульт</b>",
    requests: "🙋 Заявки",
    today: "📈 Сегодня",
    find: "🔎 Найти клиента",
  },

  today: {
    numbers: (n) =>
      `📈 <b>Сегодня</b>\nНовых людей: ${n.newToday}\nЖдут: ${n.waiting}\nАктивных подписок: ${n.active}\nУстройств: ${n.devices}, сейчас на связи: ${n.online}\nТрафик: ⬇ ${n.down}, ⬆ ${n.up}`,
    money: (n) =>
      `Оплачено сегодня: ${n.paid}\nНичьих денег: ${n.unmatched}\nНайдено и исправлено сегодня: ${n.found}`,
    nothingPaid: "пока ничего",
  },

  timeline: {
    title: "<b>История</b>",
    entry: (at, what) => `${at}: ${what}`,
  },

  peers: {
    askRemovals: (host, count, at) =>
      `🧹 На сервере <b>${host}</b> лишних пиров: ${count}, больше, чем можно убрать без разрешения. Убрать?\nЗапрошено: ${at}`,
    askUnknownPeers: (host, count, at) =>
      `❓ На сервере <b>${host}</b> пиров с нашими адресами и неизвестными ключами: ${count}. Убрать?\nЗапрошено: ${at}`,
    removals: (host, count) => `🧹 ${host}: убрать лишних пиров (${count})?`,
    unknownPeers: (host, count) => `❓ ${host}: убрать неизвестных пиров (${count})?`,
  },

  notice: {
    unmatchedMoney: (gateway, amount) =>
      `❓ ${amount} пришло (${gateway}), но никто этих денег не просил. Решите: /unmatched`,
    chargedBack: (gateway, amount) =>
      `⚠️ Плательщик оспорил ${amount} (${gateway}). Купленный доступ отозван.`,
    returnedOutside: (gateway, amount) =>
      `↩️ ${amount} возвращено на стороне шлюза (${gateway}), не нами. Купленный доступ отозван.`,
    creditedBlocked: (gateway, amount) =>
      `⚠️ Заблокированный клиент заплатил ${amount} (${gateway}). Деньги лежат на его балансе.`,
    foundAndFixed: (gateway, count) =>
      `🔎 ${gateway}: найдено и исправлено ${counted(count, "сообщение", "сообщения", "сообщений")}, которые не дошли.`,
    linesSkipped: (gateway, count) =>
      `ℹ️ ${gateway}: пропущено ${counted(count, "платёж", "платежа", "платежей")} из времени до того, как магазин стал пользоваться этим счётом. Другой момент задаёт SHOP_STARTED_AT.`,
    quarantined: (gateway, reason) =>
      `⚠️ ${gateway}: что-то не удалось обработать, оно отложено, всё остальное работает. Новая попытка будет сделана сама. Причина: ${escapeHtml(reason)}`,
    inconsistent: (gateway, reason) =>
      `⚠️ ${gateway} сообщает то, чего не может быть: ${escapeHtml(reason)}. Ничего не записано; посмотрите платёж.`,
    refundReturned: (gateway, amount) => `✅ ${amount} возвращено (${gateway}).`,
    refundWaits: (gateway, amount) =>
      `⏳ ${gateway}: ${amount} ещё не возвращены. Мы продолжаем запрашивать; чем кончится, придёт сюда.`,
    refundRefused: (gateway, amount, why) =>
      `❌ ${gateway}: в возврате ${amount} отказано: ${escapeHtml(why)}. Ничего не изменилось.`,
    refundRejected: (gateway, amount) =>
      `✋ Возврат ${amount} (${gateway}) отклонён администратором. Ничего не изменилось.`,
    refundLapsed: (gateway, amount) =>
      `⌛ Никто вовремя не согласился вернуть ${amount} (${gateway}). Ничего не изменилось; запросите ещё раз, если возврат всё ещё нужен.`,
    unmatchedReturned: (gateway, amount) =>
      `↩️ Шлюз (${gateway}) вернул ${amount}, которых никто не просил.`,
    debt: (gateway, amount) =>
      `⚠️ ${amount} из оспоренного (${gateway}) списано с баланса клиента. Что он успел потратить, теперь его долг.`,
    hostAway: (host, trouble) =>
      `🔌 Сервер ${host} не отвечает: ${trouble}. Клиенты на нём ждут; всё, что решено за это время, сделается, когда он вернётся.`,
    hostBack: (host) => `✅ Сервер ${host} снова отвечает и догоняет.`,
    messageNotSent: (content, reason) =>
      `⚠️ Сообщение (${escapeHtml(content)}) не удалось отправить, оно отложено: ${escapeHtml(reason)}`,
  },
};
