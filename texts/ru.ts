import type { Texts } from "./en.ts";
import { directed, isolated } from "./html.ts";
import { ruMoney } from "./money/ru.ts";
import { counted } from "./plural.ts";

const days = (n: number) => counted(n, ["день", "дня", "дней"]);

export const ru: Texts = {
  ...ruMoney,
  locale: "ru-RU",
  languageName: "Русский",
  pictures: {
    apple: "яблоко",
    banana: "банан",
    car: "машину",
    cat: "кота",
    dog: "собаку",
    fish: "рыбу",
    flower: "цветок",
    house: "дом",
    key: "ключ",
    moon: "луну",
    rocket: "ракету",
    star: "звезду",
    sun: "солнце",
    tree: "дерево",
    umbrella: "зонт",
    watch: "часы",
  },

  captchaAsked: (picture, round) =>
    `👋 Здравствуйте! ${round > 1 ? `Попытка ${round} из 3. ` : "Одна проверка, что вы человек. "}Нажмите на <b>${picture}</b>.`,
  captchaRight: "✅ Верно.",
  captchaWrong: (seconds, tries) =>
    `❌ Это не то. Следующий вопрос придёт через ${seconds} с; ${tries === 1 ? "осталась" : "осталось"} ${counted(tries, ["попытка", "попытки", "попыток"])}.`,
  captchaFailed: (minutes) =>
    `❌ Это была последняя попытка. Нажмите /start снова через ${counted(minutes, ["минуту", "минуты", "минут"])}.`,
  captchaLapsed: "⌛ Вопрос устарел. Нажмите /start, чтобы получить новый.",
  captchaOver: "Этот вопрос уже закрыт. Нажмите /start, чтобы получить новый.",
  waitingForApproval:
    "🕓 Спасибо! Заявка у администратора. Как только он решит, сюда придёт сообщение; больше ничего делать не нужно.",
  stillWaiting: "🕓 Заявка всё ещё у администратора. Сообщение придёт сюда.",
  approvedWithTrial: (until) =>
    `🎉 Заявка одобрена. Пробный доступ до <b>${until}</b>. Ключ — следующим сообщением.`,
  approvedWithoutTime:
    "🎉 Заявка одобрена. Доступ начнётся, как только администратор даст время; ключ придёт сюда сам.",
  rejected: (at) =>
    `🚫 Администратор отклонил заявку. Попросить снова можно после ${at}: нажмите /start.`,
  tooEarly: (at) => `🚫 Заявка была отклонена. Попросить снова можно после ${at}.`,
  approvalLapsed: "⌛ Никто не решил вовремя. Нажмите /start, чтобы попросить снова.",
  welcomeBack: "👋 С возвращением. /devices — ваши ключи, /plans — тарифы, /help — всё остальное.",
  adminWelcome:
    "🛡 Вы здесь администратор. Новые заявки приходят в этот чат; /admin открывает пульт.",
  hostTrouble:
    "⚠️ VPN-сервер сейчас не отвечает. Мы продолжаем пробовать, и ключ придёт сюда сам, как только сервер вернётся. Делать ничего не нужно.",
  changeDelayed:
    "⚠️ VPN-сервер сейчас не отвечает. Изменение записано и будет сделано, как только сервер вернётся. Делать ничего не нужно.",
  hostRefused:
    "⚠️ VPN-сервер этого не принял. Оператор уже знает; мы пробуем снова каждые несколько минут и напишем вам.",
  noHostFree:
    "⚠️ Все VPN-серверы сейчас заполнены. Оператор уже знает; ключ придёт сюда сам, когда появится место.",
  timeGiven: (until) => `➕ Теперь доступ до <b>${until}</b>.`,
  reminder: (left, until) =>
    `⏳ Осталось: ${days(left)}. Доступ закончится <b>${until}</b>. Продлить: /plans`,
  graceBegan: (until) =>
    `⏳ Оплаченное время вышло. VPN поработает до ${until}, чтобы вы успели продлить: /plans`,
  expired:
    "⌛ Доступ закончился, VPN выключен. Устройства сохранены: с новым временем те же ключи заработают снова: /plans",
  accessBack: "✅ Доступ снова есть. Те же ключи работают.",
  subscriptionRevoked: "🚫 Администратор закрыл доступ. Вопросы: /support",

  confCaption: (name) => `🔐 Ключ для ${isolated(name)}. Никому его не передавайте.`,
  qrCaption: "📱 Или отсканируйте это приложением AmneziaWG на телефоне.",
  instruction: (given) =>
    `<b>Как подключиться</b>\n1. Установите <b>AmneziaWG</b> или <b>AmneziaVPN</b> (App Store, Google Play, amnezia.org).\n2. Откройте в нём файл .conf выше${given.hasQr ? " или отсканируйте QR" : ""}.\n3. Включите переключатель.${given.link === undefined ? "" : `\n\nДля AmneziaVPN можно скопировать и вставить этот ключ:\n<blockquote expandable><code>${given.link}</code></blockquote>`}`,

  devicesTitle: (count, limit) => `📱 <b>Ваши устройства</b>: ${count} из ${limit}`,
  devicesNone: "Устройств нет. Добавьте одно, и ключ придёт сюда.",
  deviceLine: (name, seen) => `• ${isolated(name)}, ${seen}`,
  deviceTitle: (name, host, address, seen) =>
    `📱 <b>${isolated(name)}</b>\nСервер: ${isolated(host)}\nАдрес: ${address}\n${seen}`,
  seenNow: "сейчас на связи",
  seenAt: (at) => `на связи ${at}`,
  seenNever: "ещё не подключалось",
  seenWaiting: "ждёт места на сервере",
  seenOff: "пока выключено",
  deviceWaits: (name) =>
    `📱 <b>${isolated(name)}</b>\nВсе серверы заняты. Ключ придёт сюда сам, как только появится место.`,
  deviceOff: (name) =>
    `📱 <b>${isolated(name)}</b>\nДоступ пока выключен. Когда он включится, ключ придёт сюда сам.`,
  addDevice: "➕ Добавить устройство",
  showKey: "🔐 Прислать ключ",
  rename: "✏️ Переименовать",
  reissue: "🔄 Новый ключ",
  revoke: "🗑 Удалить",
  back: "« Назад",
  yesReissue: "Да, новый ключ",
  yesRevoke: "Да, удалить",
  sureReissue: (name) => `Новый ключ для ${isolated(name)}? Нынешний сразу перестанет работать.`,
  sureRevoke: (name) => `Удалить ${isolated(name)}? Ключ сразу перестанет работать.`,
  askDeviceName: (name) => `Пришлите сообщением новое имя для ${isolated(name)} (до 32 символов).`,
  renameForgotten: "Какое устройство? Откройте /devices и нажмите «Переименовать» ещё раз.",
  newDeviceName: (n) => `Устройство ${n}`,
  deviceLimit: (limit) =>
    `У вас уже ${counted(limit, ["устройство", "устройства", "устройств"])}, это предел. Сначала удалите одно: /devices`,
  deviceRenamed: (name) => `✏️ Теперь это ${isolated(name)}.`,
  deviceRevoked: (name) => `🗑 ${isolated(name)} удалено; ключ больше не работает.`,
  deviceUnknown: "Такого устройства уже нет. /devices покажет, что есть.",
  noAccessNow: "Сейчас доступа нет, поэтому ключ прислать нельзя. Продлить: /plans",
  working: "Одну минуту…",

  usageTitle: "📊 <b>Ваш трафик</b>",
  usageNone: "Трафика ещё нет. Он считается каждые полминуты, пока вы на связи.",
  usageLine: (name, down, up, seen) => `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
  usageToday: (down, up) => `Сегодня: ⬇ ${down}, ⬆ ${up}`,
  usageUntil: (until) => `Доступ до ${until}`,
  bytes: ["Б", "КБ", "МБ", "ГБ", "ТБ"],

  chooseLanguage: "Выберите язык:",
  languageChanged: "Теперь говорим по-русски.",
  help: "<b>Что я умею</b>\n/devices — ваши ключи: добавить, переименовать, обновить, удалить устройство\n/usage — ваш трафик\n/plans — выбрать тариф и оплатить\n/payments — что оплачено и что ждёт оплаты\n/balance — что лежит у нас\n/language — русский или английский\n/support — написать человеку\n/paysupport — вопрос о платеже\n/terms — правила",
  helpNewcomer:
    "Нажмите /start, чтобы попросить доступ.\n/language — русский или английский\n/support, /terms",
  helpAdmin:
    "\n\n<b>Для администраторов</b>\n/admin — заявки, клиенты, числа\n/find &lt;имя, @username или номер&gt; — клиент и его история\n/payment &lt;что известно&gt; — платёж и его история\n/refund &lt;номер&gt; &lt;сумма&gt; &lt;причина&gt; — вернуть часть\n/unmatched — деньги, которых никто не просил",
  support: (contact) => `Напишите ${directed(contact)} и расскажите, что случилось.`,
  supportDefault: "администратору, который вас впустил",
  supportId: (id) => `Ваш номер: <code>${id}</code>`,
  terms:
    "<b>Правила</b>\nДоступ личный: не передавайте ключи. Никакого спама, атак и ничего незаконного. Мы храним ваше имя и номер в Telegram, ваши ключи (зашифрованными) и сколько байт передали устройства; мы не записываем, куда вы ходите. Администратор может закрыть доступ, который вредит другим. Попросить свои данные или их удаление: /support.\n\n<b>Что вы покупаете</b>\nТариф — цифровая услуга: доступ на указанное число дней, начиная с подтверждения оплаты, по цене, которую вам показали. Само ничего не продлевается. Если что-то не работает, напишите в /paysupport: что нельзя исправить, вернём тем же путём, и время уйдёт вместе с деньгами. Продаём и отвечаем за это мы, а не Telegram; его поддержка помочь не может.",
  unknownCommand: "Я этого не знаю. /help покажет, что я умею.",
  pressStart: "Сначала нажмите /start.",
  notYours: "Это не для вас.",
  tooFast: "Чуть медленнее: одно сообщение в секунду. Пришлите его ещё раз через мгновение.",
  failed: "⚠️ У нас что-то сломалось. Ничего не потеряно; попробуйте ещё раз через минуту.",
  delayed:
    "⏳ Сейчас всё идёт медленнее обычного. Мы ничего не потеряли и сделаем сами; присылать ещё раз не нужно.",
  takesLong:
    "⏳ Это занимает больше времени, чем должно. Мы продолжаем пытаться; если за десять минут ничего не произойдёт, отправьте ещё раз, пожалуйста.",

  askSignup: (facts) =>
    `🙋 <b>Новая заявка</b>\n${isolated(facts.name)} ${facts.username}\nНомер: <code>${facts.id}</code>\nЯзык: ${facts.language}${facts.invited ? `\nПригласил: <code>${facts.invited}</code>` : ""}\nПришла: ${facts.at}`,
  approve: "✅ Одобрить",
  reject: "🚫 Отклонить",
  decidedApproved: (by, at) => `✅ Одобрено: ${isolated(by)}, ${at}`,
  decidedRejected: (by, at) => `🚫 Отклонено: ${isolated(by)}, ${at}`,
  decidedLapsed: (at) => `⌛ Никто не решил; закрыто ${at}`,
  approvalReminder: (name, waited) =>
    `⏰ ${isolated(name)} ждёт уже ${counted(waited, ["час", "часа", "часов"])}.`,
  approvalDigest: (n) => `🙋 ${counted(n, ["заявка ждёт", "заявки ждут", "заявок ждут"])} решения.`,
  alreadyDecided: "Эта заявка уже закрыта.",
  decisionTaken: "Принято.",
  doneAlready: "Уже сделано. Чтобы повторить, откройте клиента ещё раз.",

  adminTitle: "🛡 <b>Пульт</b>",
  adminPending: "🙋 Заявки",
  adminNumbers: "📈 Сегодня",
  adminFind: "🔎 Найти клиента",
  pendingNone: "Никто не ждёт.",
  pendingTitle: (n) => `🙋 <b>Ждут: ${n}</b>`,
  findHow: "Пришлите /find и имя, @username или номер, например <code>/find 5001</code>",
  foundNone: "Никого. Попробуйте часть имени, @username или номер в Telegram.",
  foundMany: (n) => `Нашлось: ${n}; сначала новые:`,
  customerCard: (c) =>
    `👤 <b>${isolated(c.name)}</b> ${c.username}\nНомер: <code>${c.id}</code>\nСтатус: ${c.status}\nДоступ: ${c.until}\nУстройства: ${c.devices}`,
  timeline: "<b>История</b>",
  timelineEntry: (at, what) => `${at}: ${what}`,
  noTime: "времени ещё нет",
  untilTime: (until) => `до ${until}`,
  statuses: {
    pending: "ждёт",
    active: "активен",
    rejected: "отклонён",
    blocked: "заблокирован",
  },
  events: {
    joined: "нажал Start",
    asked: "попросил доступ",
    approved: "одобрен",
    rejected: "отклонён",
    lapsed: "заявка истекла",
    trial: "дан пробный доступ",
    admin: "время дал администратор",
    payment: "время оплачено",
    deviceAdded: "устройство добавлено",
    deviceRevoked: "устройство удалено",
    extend: "продлён",
    block: "заблокирован",
    unblock: "разблокирован",
    revoke: "доступ закрыт",
    refund: "время отнято вместе с деньгами",
  },
  extendBy: (d) => `➕ ${days(d)}`,
  block: "⛔ Заблокировать",
  unblock: "♻️ Разблокировать",
  sureBlock: (name) =>
    `Заблокировать ${isolated(name)}? VPN сразу выключится, и бот больше ничего не напишет.`,
  yesBlock: "Да, заблокировать",
  actDone: (what) => `✅ Сделано: ${what}.`,
  actWaits: (what, hosts) =>
    `⏳ Записано: ${what}. Ещё не сделано на серверах, которые не отвечают: ${hosts}. Там это произойдёт, как только они вернутся.`,
  actWaitsForRoom: (what) =>
    `⏳ Записано: ${what}. Ни на одном сервере нет места для устройства этого клиента: добавьте или расширьте сервер. Как только место появится, устройство туда попадёт.`,
  actNotAdmin: "Это могут только администраторы.",
  actNoCustomer: "Такого клиента нет.",
  actOnAdmin: "Это администратор. Сначала уберите его из ADMIN_IDS.",
  actNoSubscription: "У этого клиента ещё нет подписки: сначала одобрите заявку.",
  extendHow:
    "Пришлите <code>/extend &lt;номер&gt; &lt;дни&gt;</code>, например <code>/extend 5001 30</code>; дней от 1 до 3660.",
  numbers: (n) =>
    `📈 <b>Сегодня</b>\nНовых людей: ${n.newToday}\nЖдут: ${n.waiting}\nАктивных подписок: ${n.active}\nУстройств: ${n.devices}, сейчас на связи: ${n.online}\nТрафик: ⬇ ${n.down}, ⬆ ${n.up}`,
  commands: {
    start: "Начать",
    devices: "Ваши ключи и устройства",
    usage: "Ваш трафик",
    plans: "Выбрать тариф и оплатить",
    payments: "Ваши платежи",
    balance: "Что лежит у нас",
    paysupport: "Вопрос о платеже",
    language: "Русский или английский",
    help: "Что я умею",
    support: "Написать человеку",
    terms: "Правила",
    admin: "Пульт администратора",
    find: "Найти клиента",
    extend: "Дать клиенту дни",
    payment: "Найти платёж",
    refund: "Вернуть часть платежа",
    unmatched: "Деньги, которых никто не просил",
    give: "Отдать такие деньги клиенту",
  },
};
