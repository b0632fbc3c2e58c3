import type { HostMovesTexts } from "../../en/operations/host-moves.ts";
import { isolated } from "../../html.ts";
import { devices } from "../counts.ts";

/** What admins read about moving all devices away from a host. */
export const hostMoves: HostMovesTexts = {
  migrate: "🚚 Перевезти всех",
  progress: "🚚 Как идёт переезд",
  lost: "⚫️ Сервер потерян",

  sure: (name) => `Перевезти всех с сервера ${isolated(name)}?`,
  sureCount: (n) => `• Переедут ${devices(n)}, сначала те, у кого оплачено дольше.`,
  sureRate: (perMinute) => `• Скорость: около ${perMinute} в минуту.`,
  sureOverlap:
    "• Владельцам придёт новый ключ, старый ещё сутки будет работать. Ссылки остаются прежними.",
  sureRoom: (room) => `• Свободных мест на других серверах: ${room}.`,
  shortOfRoom: "• На всех не хватит: остальные останутся здесь, пока не появится место.",
  yes: "🚚 Да, перевозим",
  no: "Нет, пусть остаются",

  sureLost: (name) => `Сервер ${isolated(name)} не вернётся?`,
  lostCount: (n) =>
    `• Сразу переедут ${devices(n)}, владельцам придут новые ключи. Старые уже не работают.`,
  lostRoom: (room) => `• Свободных мест на других серверах: ${room}. Кому не хватит, будет ждать.`,
  lostSettings: "• Подключаться к серверу больше не будем, его настройки сотрём.",
  yesLost: "⚫️ Да, потерян",
  given: (name) => `Сервер ${isolated(name)} списан. Устройства переезжают прямо сейчас.`,

  states: {
    running: "🚚 Переезд идёт",
    aborting: "⏹ Останавливаем: недоехавшие возвращаются",
    done: "✅ Все переехали",
    aborted: "⏹ Остановлено",
  },
  of: (name) => `С сервера ${isolated(name)}`,
  moved: (moved, arrived) => `Переехали: ${moved}, из них уже на месте: ${arrived}`,
  stillHere: (n) => `Ещё здесь: ${n}`,
  waiting: (since) => `⏳ Мест нет с ${since}: добавьте сервер или увеличьте ёмкость.`,
  none: "С этого сервера никого не перевозили.",
  refresh: "🔄 Обновить",
  stop: "⏹ Остановить",
  stopped: "Больше никто не переезжает. Кто переехал, остаётся на новом месте.",
  begun: "Первые уже в пути.",
  migrating: "Переезд ещё идёт: сначала остановите его.",
  noMigration: "Сейчас никто не переезжает.",
};
