import type { HostsTexts } from "../../en/operations/hosts.ts";
import { escapeHtml, isolated } from "../../html.ts";
import { counted, devices } from "../counts.ts";

/** What admins read about VPN hosts. */
export const hosts: HostsTexts = {
  menu: "🖥 Серверы",
  title: "🖥 <b>Серверы</b>",
  none: "Серверов пока нет. Добавьте первый в командной строке: <code>hosts add NAME FILE</code>.",
  byCommand:
    "Добавить сервер или изменить его настройки можно только в командной строке: в настройках есть пароли и ключи, а им не место в переписке.",
  line: (name, state, load) => `${isolated(name)}: ${state}, ${load}`,
  states: {
    open: "🟢 принимает устройства",
    draining: "🟡 новых устройств не берёт",
    away: "🔴 не отвечает",
    maintenance: "🛠 идут работы",
    sick: "🤒 к нему не подключиться",
  },
  load: (living, capacity) => `занято ${living} из ${capacity}`,
  card: (name, kind) => `🖥 ${isolated(name)} (${escapeHtml(kind)})`,
  at: (endpoint) => `Адрес: <code>${escapeHtml(endpoint)}</code>`,
  weight: (weight) => `Вес: ${weight}`,
  letIn: (n) => `Могут подключиться сейчас: ${n}`,
  left: (n) => `Держат место, хотя время кончилось: ${n}`,
  refusedAccesses: (n) => `Сервер не принимает: ${devices(n)}`,
  seen: (at) => `Последняя сверка: ${at}`,
  never: "Сверок ещё не было",
  away: (since, trouble) => `🔴 Не отвечает с ${since}: ${escapeHtml(trouble)}`,
  sick: (since) => `🤒 Клиенты не могут подключиться с ${since}`,
  probe: {
    well: (source, latencyMs) =>
      `🩺 Из точки ${isolated(source)}: работает${latencyMs === undefined ? "" : `, ${latencyMs} мс`}`,
    sick: (source, trouble) =>
      `🩺 Из точки ${isolated(source)}: не работает: ${escapeHtml(trouble)}`,
  },
  gone: "Такого сервера больше нет.",
  notAdmin: "Менять серверы могут только администраторы.",

  test: "🩺 Проверить",
  testing: "Проверяю, это займёт до минуты.",
  drain: "⏸ Не брать новые устройства",
  resume: "▶️ Снова брать новые",
  remove: "🗑 Удалить",
  drained: "Новых устройств сервер больше не берёт. Те, что на нём есть, работают дальше.",
  resumed: "Сервер снова берёт новые устройства.",
  same: "Так уже и есть.",
  removed: (name) => `Сервер ${isolated(name)} удалён. Его настройки стёрты.`,
  hasAccesses: (n) =>
    `На сервере ещё ${devices(n)}. Сначала запретите новые, а когда не останется ни одного, удаляйте.`,

  sure: (name) => `Удалить сервер ${isolated(name)}?`,
  sureCapacity: (capacity) => `• Мест станет меньше на ${capacity}.`,
  sureOthers: (n, room) =>
    n === 0
      ? "• Это последний сервер: добавить устройство никто не сможет."
      : `• Остаётся ${counted(n, "сервер", "сервера", "серверов")}, свободных мест на них: ${room}.`,
  sureSettings:
    "• Настройки сервера будут стёрты. Чтобы вернуть его, добавьте его в командной строке под тем же именем.",
  sureOutside: "• На самом сервере ничего не изменится.",
  yes: "🗑 Да, удалить",
  no: "Нет, оставить",

  well: "✅ Всё в порядке.",
  usable: "⚠️ Сервер работает, но:",
  unusable: "🔴 Сервер не работает:",
  version: (version) => `Версия: ${escapeHtml(version)}`,
  finding: (name, details, fix) => `<b>${name}</b>: ${escapeHtml(details)}\n→ ${fix}`,
  noReport: "Проверка не ответила вовремя. Повторите или посмотрите журнал worker.",
  troubles: {
    settings: {
      name: "Настройки",
      fix: "Исправьте их: hosts edit NAME --settings FILE.",
    },
    dns: { name: "Имя в DNS", fix: "Проверьте имя в настройках и его запись в DNS." },
    port: {
      name: "Порт",
      fix: "Проверьте порт, запущена ли служба и не мешает ли файрвол с той или другой стороны.",
    },
    timeout: {
      name: "Нет ответа вовремя",
      fix: "Посмотрите, не перегружен ли сервер и доступен ли он, и проверьте ещё раз.",
    },
    tls: {
      name: "Шифрование (TLS)",
      fix: "Нужен действующий сертификат на имя из URL, вместе со всей цепочкой.",
    },
    url: {
      name: "Адрес (URL)",
      fix: "Там отвечает что-то другое: укажите URL самой панели, с её базовым путём.",
    },
    serverKey: {
      name: "Ключ SSH-сервера",
      fix: "Сверьте ключ на самом сервере и внесите его в файл известных серверов.",
    },
    credentials: {
      name: "Доступ",
      fix: "Создайте на сервере новый доступ и впишите его: hosts edit NAME --settings FILE.",
    },
    rights: {
      name: "Права учётной записи",
      fix: "Дайте ей права, названные в docs/panels.md и docs/production.md.",
    },
    version: { name: "Версия", fix: "Поставьте версию, названную в docs/panels.md." },
    servers: {
      name: "Inbounds, squads или группы",
      fix: "Создайте их в панели или укажите другие: hosts edit NAME --settings FILE.",
    },
    clock: { name: "Часы", fix: "Включите NTP на сервере и там, где работает worker." },
    tool: {
      name: "Утилита AmneziaWG",
      fix: "Поставьте на сервер amneziawg-tools или укажите в настройках верную утилиту.",
    },
    module: {
      name: "Модуль ядра",
      fix: "Поставьте его (amneziawg-dkms и заголовки ядра) и выполните modprobe amneziawg.",
    },
    tun: {
      name: "Нет /dev/net/tun",
      fix: "Откройте машине это устройство; контейнеру нужен ещё NET_ADMIN.",
    },
    generation: {
      name: "Утилита и модуль разных поколений",
      fix: "Обновите оба до одного поколения и перезагрузите модуль или машину.",
    },
    interface: {
      name: "Интерфейс",
      fix: "Поднимите его на сервере (awg-quick up) или укажите в настройках верный.",
    },
    hostKey: {
      name: "Открытый ключ",
      fix: "Тот ли это интерфейс? Если да, исправьте publicKey в настройках.",
    },
    udp: {
      name: "Порт UDP",
      fix: "Откройте его в файрволе и у хостера; интерфейс должен слушать именно его.",
    },
    parameters: {
      name: "Параметры AmneziaWG",
      fix: "S и H на сервере и в настройках должны совпадать и не терять пакеты.",
    },
    other: { name: "Другое", fix: "Прочтите слова выше и журнал worker." },
  },
};
