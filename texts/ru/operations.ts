import type { OperationsTexts } from "../en/operations.ts";
import { escapeHtml, isolated } from "../html.ts";
import { counted, days, devices } from "./counts.ts";
import { hostMaintenance } from "./operations/host-maintenance.ts";
import { hostMoves } from "./operations/host-moves.ts";
import { hosts } from "./operations/hosts.ts";
import { locations } from "./operations/locations.ts";
import { plans, settings } from "./operations/shop.ts";

export const operations: OperationsTexts = {
  menu: {
    title: "🛡 <b>Меню администратора</b>",
    requests: "🙋 Заявки",
    find: "🔎 Найти клиента",
    unmatched: "❓ Неопознанные платежи",
    support: "💬 Поддержка",
    plans: "🏷 Тарифы",
    settings: "⚙️ Настройки",
    maintenance: (isOn) => `🛠 Техработы: ${isOn ? "ИДУТ" : "нет"}`,
    counted: (label, n) => (n === 0 ? label : `${label}: ${n}`),
  },

  settings,
  plans,
  hosts,
  locations,
  hostMaintenance,
  hostMoves,

  figures: {
    periods: { today: "Сегодня", week: "7 дней", month: "30 дней" },
    title: (what) => `📈 <b>${what}</b>`,
    income: (amounts) => `Поступило: <b>${amounts}</b>`,
    ofGateway: (gateway, amounts) => `• ${gateway}: ${amounts}`,
    nothing: "ничего",
    unmatchedIncome: (amounts) => `Из них неопознано: ${amounts}`,
    returned: (amounts) => `Возвращено: ${amounts}`,
    sales: (n) => `Продаж: ${n}`,
    topUps: (n) => `Пополнений: ${n}`,
    newPeople: (n) => `Новых людей: ${n}`,
    found: (n) => `Найдено пропущенных платежей: ${n}`,
    traffic: (down, up) => `Трафик: ⬇ ${down}, ⬆ ${up}`,
    now: "<b>Сейчас</b>",
    active: (n) => `Активных: ${n}`,
    devices: (n, online) => `Устройств: ${n}, подключено: ${online}`,
    waiting: (n) => `Заявок ждут: ${n}`,
    questions: (n) => `Вопросов без ответа: ${n}`,
    unmatched: (n) => `Неопознанных платежей: ${n}`,
  },

  sale: {
    notice: (s) =>
      `💰 <b>${s.price}</b> (${s.gateway})\n${isolated(s.name)} ${s.username}\n${isolated(s.plan)}${s.until === undefined ? "" : `, доступ до ${s.until}`}`,
    toppedUp: (p) =>
      `💰 <b>${p.price}</b> (${p.gateway})\n${isolated(p.name)} ${p.username}\nБаланс пополнен.`,
    line: (s) => `• ${s.price}, ${s.gateway}: ${isolated(s.name)}, ${isolated(s.plan)}`,
    list: "<b>Продажи</b>",
    more: (n) => `и ещё ${n}`,
    card: "👤 Клиент",
  },

  timeline: {
    title: "<b>История</b>",
    button: "🕘 История",
    ofCustomer: (name) => `🕘 <b>История: ${isolated(name)}</b>, сначала новое`,
    entry: (at, what) => `${at}: ${what}`,
    days: (n) => `${n < 0 ? "−" : "+"}${days(Math.abs(n))}`,
  },

  peers: {
    askRemovals: (host, { count, owners, at }) =>
      [
        `🧹 На сервере <b>${host}</b> лишних пиров: ${count}. Это больше, чем можно убрать без разрешения.`,
        ...owners.map(({ name, device }) => `• ${isolated(name)}: ${isolated(device)}`),
        ...(owners.length > 0 && count > owners.length ? [`и ещё ${count - owners.length}`] : []),
        `Убрать?\nЗапрошено: ${at}`,
      ].join("\n"),
    askUnknownPeers: (host, count, at) =>
      `❓ На сервере <b>${host}</b> пиров с нашими адресами и неизвестными ключами: ${count}. Убрать?\nЗапрошено: ${at}`,
    removals: (host, count) => `🧹 ${host}: убрать лишних пиров (${count})?`,
    unknownPeers: (host, count) => `❓ ${host}: убрать неизвестных пиров (${count})?`,
  },

  notice: {
    unmatchedMoney: (gateway, amount) =>
      `❓ Неопознанный платёж: ${amount} (${gateway}). Решите, что с ним делать.`,
    owner: (name, until, balance) =>
      `${isolated(name)}: ${until ? `доступ до ${until}` : "доступа сейчас нет"}${balance && `, на балансе ${balance}`}`,
    chargedBack: (gateway, amount) =>
      `⚠️ Плательщик оспорил ${amount} (${gateway}). Купленный доступ отозван.`,
    returnedOutside: (gateway, amount) =>
      `↩️ ${amount} возвращено на стороне шлюза (${gateway}), не нами. Купленный доступ отозван.`,
    creditedBlocked: (gateway, amount) =>
      `⚠️ Заблокированный клиент заплатил ${amount} (${gateway}). Деньги на его балансе.`,
    foundAndFixed: (gateway, count) =>
      `🔎 ${gateway}: найдено и обработано: ${counted(count, "пропущенное событие", "пропущенных события", "пропущенных событий")}.`,
    linesSkipped: (gateway, count) =>
      `ℹ️ ${gateway}: ${counted(count, "платёж пропущен", "платежа пропущено", "платежей пропущено")}: магазин тогда ещё не пользовался этим счётом. Другую дату начала задаёт SHOP_STARTED_AT.`,
    quarantined: (gateway, reason) =>
      `⚠️ ${gateway}: часть данных не удалось обработать, она отложена; всё остальное работает. Попытка повторится автоматически. Причина: ${escapeHtml(reason)}`,
    inconsistent: (gateway, reason) =>
      `⚠️ ${gateway} сообщает невозможное: ${escapeHtml(reason)}. Ничего не записано; проверьте платёж.`,
    refundReturned: (gateway, amount) => `✅ ${amount} возвращено (${gateway}).`,
    refundWaits: (gateway, amount) =>
      `⏳ ${gateway}: ${amount} пока не возвращены. Мы продолжаем запрашивать; результат придёт сюда.`,
    refundRefused: (gateway, amount, why) =>
      `❌ ${gateway}: в возврате ${amount} отказано: ${escapeHtml(why)}. Ничего не изменилось.`,
    refundRejected: (gateway, amount) =>
      `✋ Возврат ${amount} (${gateway}) отклонён администратором. Ничего не изменилось.`,
    refundLapsed: (gateway, amount) =>
      `⌛ Возврат ${amount} (${gateway}) вовремя никто не одобрил. Ничего не изменилось; запросите ещё раз, если возврат всё ещё нужен.`,
    unmatchedReturned: (gateway, amount) =>
      `↩️ Шлюз (${gateway}) вернул неопознанный платёж: ${amount}.`,
    debt: (gateway, amount) =>
      `⚠️ С баланса клиента списано ${amount} из оспоренного платежа (${gateway}). Потраченное стало его долгом.`,
    hostAway: (host, trouble) =>
      `🔌 Сервер ${host} не отвечает: ${trouble}. Клиенты на нём ждут; накопившиеся изменения вступят в силу, когда он заработает.`,
    hostEmptied: (host, moved) =>
      `✅ Сервер ${host} пуст: переехало устройств: ${moved}. Старые ключи отключатся за сутки, потом сервер можно удалить.`,
    hostLost: (host, moved) =>
      `⚫️ Сервер ${host} списан. Устройств, которые получили другой сервер или ждут места: ${moved}.`,
    timeGivenBack: (host, given) =>
      `🎁 Время за работы на сервере ${host} вернули. Подписок: ${given}.`,
    hostMigrationWaits: (host, left) =>
      `⏳ Нет места для тех, кто ещё на сервере ${host}: ${devices(left)}. Они останутся там, пока место не появится.`,
    hostBack: (host) => `✅ Сервер ${host} снова отвечает, накопившиеся изменения вступают в силу.`,
    hostSick: (host, trouble) =>
      `🤒 Через сервер ${host} клиенты не могут подключиться: ${trouble}. Новые устройства на него не попадают, клиенты предупреждены.`,
    hostWell: (host) =>
      `✅ Через сервер ${host} снова можно подключиться. Все, кого мы предупредили о сбое, это знают.`,
    hostBlocked: (host, source, trouble) =>
      `🚧 Сервер ${host} работает, но из точки ${source} недоступен: ${trouble}. Возможно, там его блокируют. Клиентам мы не писали.`,
    hostUnblocked: (host, source) => `✅ Сервер ${host} снова доступен из точки ${source}.`,
    channelUnreadable: (channel, reason) =>
      `⚠️ Бот не видит участников ${channel}, поэтому проверка там не работает. Сделайте бота администратором или уберите канал из настроек. (${escapeHtml(reason)})`,
    answerNotDelivered: (name) =>
      `⚠️ Ваше сообщение не дошло: ${isolated(name)} остановил бота. Оно осталось в переписке, но само больше не отправится.`,
    messageNotSent: (content, reason) =>
      `⚠️ Сообщение (${escapeHtml(content)}) не удалось отправить, оно отложено: ${escapeHtml(reason)}`,
  },
};
