import type { LocationAdminTexts } from "../../en/operations/locations.ts";
import { escapeHtml, isolated } from "../../html.ts";
import { counted, devices } from "../counts.ts";

const onHosts = (n: number): string => counted(n, "хосте", "хостах", "хостах");

export const locations: LocationAdminTexts = {
  menu: "🌍 Локации",
  title: "🌍 <b>Локации</b>",
  none: "Локаций пока нет. Клиенты ничего не выбирают: устройство попадает на самый свободный хост.",
  line: (name, state, load) => `${isolated(name)}: ${state}, ${load}`,
  offered: "🟢 доступна",
  hidden: "🙈 скрыта",
  load: (living, capacity, hosts) => `${living} из ${devices(capacity)} на ${onHosts(hosts)}`,
  elsewhere: (hosts) => `Вне локаций: ${hosts}`,
  card: (name, code) => `🌍 ${isolated(name)} (<code>${escapeHtml(code)}</code>)`,
  hostLine: (name, load) => `🖥 ${isolated(name)}: ${load}`,
  hostLoad: (living, capacity) => `${living} из ${devices(capacity)}`,
  noHosts:
    "Здесь нет ни одного хоста, поэтому сюда никто не попадёт. Откройте хост и укажите ему эту локацию.",
  gone: "Такой локации больше нет.",
  effect: "Действует с этой минуты. Устройства остаются там, где они есть.",

  add: "➕ Новая локация",
  askNew:
    "✏️ <b>Новая локация</b>\nПришлите код, флаг и название, например <code>nl 🇳🇱 Нидерланды</code>.",
  newHow: "Пришлите код (до 16 знаков: a-z, 0-9 и -), флаг и название до 24 знаков.",
  newField: "nl 🇳🇱 Нидерланды",
  added: "✅ Локация создана. Укажите её у хоста, до этого сюда никто не попадёт.",
  codeTaken: "⚠️ Локация с таким кодом уже есть.",

  remove: "🗑 Удалить",
  sure: (name) => `Удалить локацию ${isolated(name)}?`,
  sureDevices: "Те, кто её выбрал, останутся на связи. Дальше считается, что им подходит любая.",
  yes: "🗑 Да, удалить",
  no: "Нет, оставить",
  removed: (name) => `Локация ${isolated(name)} удалена.`,
  hasHosts: "В ней есть хосты. Сначала перенесите их в другую.",

  where: "🌍 Локация",
  whereTitle: (host) => `🌍 Где находится ${isolated(host)}?`,
  whereNow: (name) => `Локация: ${isolated(name)}`,
  nowhere: "Вне локаций",
  put: "Готово. Новые устройства пойдут сюда по-новому, прежние остаются на хосте.",

  names: {
    offered: "Показывать",
    audience: "Кому",
    order: "Порядок",
    groups: "Группы",
    flag: "Флаг",
    name: (language) => `Название (${language})`,
  },
  about: {
    offered: "Предлагать ли её клиентам. Кто уже там, останется.",
    audience: "Кому она доступна.",
    order: "Чем меньше число, тем выше в списке.",
    groups: "Тариф называет группы, и его устройства попадают только в локации этих групп.",
    flag: "Эмодзи перед названием.",
    name: "Так её видят клиенты.",
  },
  how: {
    offered: "Выберите: да или нет.",
    audience:
      "Пришлите <code>all</code> — всем, <code>paying</code> — тем, кто платил, или до 100 номеров Telegram через пробел.",
    order: "Пришлите число от 0 до 9999.",
    groups:
      "Пришлите до 10 слов из a-z, 0-9 и -, например <code>europe premium</code>, или <code>off</code>.",
    flag: "Пришлите один эмодзи.",
    name: "Пришлите название одной строкой, до 24 знаков.",
  },
  yesNo: { yes: "Да", no: "Нет" },
  audiences: { all: "всем", paying: "тем, кто платил" },
  audienceButtons: { all: "Всем", paying: "Кто платил" },
  named: (n) => counted(n, "клиенту по номеру", "клиентам по номеру", "клиентам по номеру"),
  noGroups: "нет",
};
