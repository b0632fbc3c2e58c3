import type { HostMaintenanceTexts } from "../../en/operations/host-maintenance.ts";
import { isolated } from "../../html.ts";
import { counted } from "../counts.ts";

const subscriptions = (n: number): string => counted(n, "подписка", "подписки", "подписок");

/** What admins read about the maintenance of a host. */
export const hostMaintenance: HostMaintenanceTexts = {
  open: "🛠 Работы",
  title: (name) => `🛠 Работы на сервере ${isolated(name)}`,
  none: "Сейчас работ нет.",
  what: [
    "• Клиенты сервера прочитают о работах, когда откроют бота.",
    "• Новых устройств на нём не будет, а проверки никого не потревожат.",
    "• Автопродление подождёт конца работ, если все устройства подписки на таких серверах.",
  ].join("\n"),
  concerned: (n) => `Затронуто: ${subscriptions(n)}`,
  since: (at) => `🛠 Работы идут с ${at}`,
  until: (at) => `Обещали закончить: ${at}`,
  ended: (from, to) => `Работы закончены: с ${from} по ${to}`,
  own: "Клиенты читают:",
  words: "Свой текст и срок задаются в командной строке: <code>hosts maintenance</code>.",
  begin: "🛠 Начать",
  begun: "Работы начаты. Не забудьте их закончить.",
  end: "✅ Закончить",
  isOver: "Работы закончены.",
  noMaintenance: "Работ на сервере нет.",
  ask: (time) => `Вернуть потерянное время? Работы шли ${time}.`,
  askHow:
    "Каждая подписка один раз получит столько, сколько потеряла. Ничего не получат заблокированные, те, кому вернули деньги, и те, у кого время кончилось раньше. Решить можно до начала следующих работ.",
  yes: "🎁 Да, вернуть",
  giving: (handled, left) => `🎁 Возвращаем: готово ${handled}, осталось ${left}`,
  given: (n) => `🎁 Время вернули: ${subscriptions(n)}`,
  givingBegun: "Возвращаем время, каждый клиент получит сообщение.",
  refresh: "🔄 Обновить",
};
