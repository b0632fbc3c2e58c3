import type { PeopleTexts } from "../en/people.ts";
import { isolated } from "../html.ts";
import { counted, days, daysInWords, formOf, hours, inMinutes } from "./counts.ts";

export const people: PeopleTexts = {
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

  captcha: {
    asked: (picture, round, tries) =>
      `👋 Здравствуйте! ${round > 1 ? `Попытка ${round} из ${tries}. ` : "Небольшая проверка, что вы человек. "}Нажмите на <b>${picture}</b>.`,
    right: "✅ Верно.",
    wrong: (seconds, tries) =>
      `❌ Не та картинка. Новый вопрос — через ${counted(seconds, "секунду", "секунды", "секунд")}; ${formOf(tries, "осталась", "осталось", "осталось")} ${counted(tries, "попытка", "попытки", "попыток")}.`,
    failed: (minutes) =>
      `❌ Это была последняя попытка. Нажмите «Начать» ещё раз ${inMinutes(minutes)}.`,
    lapsed: "⌛ Вопрос устарел. Нажмите «Начать», и придёт новый.",
    over: "Этот вопрос уже закрыт. Нажмите «Начать», и придёт новый.",
  },

  signup: {
    waiting: "🕓 Спасибо! Мы получили заявку и скоро ответим прямо здесь.",
    stillWaiting: "🕓 Мы ещё рассматриваем вашу заявку. Ответим прямо здесь.",
    approvedWithTrial: (until) => `🎉 <b>Добро пожаловать!</b> До ${until} — бесплатно.`,
    approvedWithoutTime: "🎉 <b>Добро пожаловать!</b> Выберите тариф, чтобы начать.",
    rejected: (at, why) =>
      `🚫 К сожалению, заявка отклонена.${why ? `\n${why}\n` : " "}Подать новую можно после ${at}.`,
    waitsAgain: {
      over: "🕓 Мы ещё раз смотрим вашу заявку и ответим прямо здесь.",
      approved:
        "🕓 Доступ открыли по ошибке, он на паузе. Мы ещё раз смотрим вашу заявку и ответим прямо здесь.",
      rejected: "🕓 Хорошая новость: мы ещё раз смотрим вашу заявку и ответим прямо здесь.",
    },
    tooEarly: (at) => `🚫 Пока рано: подать новую заявку можно после ${at}.`,
    lapsed: "⌛ Извините, мы не успели рассмотреть заявку. Нажмите «Начать», чтобы подать новую.",
    welcomeBack: "👋 <b>С возвращением!</b>",
    staffWelcome: {
      support:
        "💬 <b>Вы здесь поддержка.</b> Заявки и вопросы приходят в этот чат, остальное — по кнопке «Админка».",
      viewer:
        "👀 <b>Вы здесь наблюдатель.</b> Всё видно по кнопке «Админка», менять ничего нельзя.",
    },
    adminWelcome: "🛡 <b>Вы здесь администратор.</b> Новые заявки приходят в этот чат.",
  },

  channels: {
    named: (names) => (names.length === 0 ? "нашем канале" : names.join(", ")),
    open: (n) => (n === 0 ? "📢 Открыть канал" : `📢 Открыть канал ${n}`),
    joined: "✅ Готово",
    back: "✅ Готово",
    missing: "📢 <b>Остался один шаг.</b> Вступите по кнопкам ниже, потом нажмите «Готово».",
    missingAgain:
      "📢 <b>Пока вас там не видно.</b> Вступите по кнопкам ниже и ещё раз нажмите «Готово».",
    lapsed: "⌛ Время на вступление вышло. Нажмите «Начать», чтобы попробовать ещё раз.",
    left: (names, until) =>
      `📢 <b>Чтобы VPN не отключился, нужно быть в ${names}.</b> Бесплатный доступ — для участников. Вступите по кнопкам ниже до ${until}, иначе VPN встанет на паузу.`,
    paused: (names) =>
      `⏸ <b>VPN на паузе</b>: вас нет в ${names}. Вступите по кнопкам ниже и нажмите «Готово». Платный тариф работает и без этого.`,
    thanks: "✅ Спасибо, что вы с нами!",
    stays: "✅ VPN продолжит работать: паузы не будет.",
  },

  approval: {
    listTitle: (n) => `🙋 <b>Ждут: ${n}</b>`,
    none: "Никто не ждёт.",
    askSignup: (facts) =>
      `🙋 <b>Новая заявка</b>\n${isolated(facts.name)} ${facts.username}\nНомер: <code>${facts.id}</code>\nЯзык: ${facts.language}${facts.invited ? `\nПригласил: ${isolated(facts.invited.name)} (<code>${facts.invited.id}</code>)` : ""}\nПришла: ${facts.at}`,
    approve: "✅ Одобрить",
    reject: "🚫 Отклонить",
    approved: (by, at) => `✅ Одобрено: ${isolated(by)}, ${at}`,
    rejected: (by, at) => `🚫 Отклонено: ${isolated(by)}, ${at}`,
    undone: (by, at) => `↩️ Решение отменено: ${isolated(by)}, ${at}. Заявка снова ждёт.`,
    reasons: {
      full: "Сейчас нет свободных мест.",
      unknown: "Мы не поняли, кто вы. Расскажите о себе через «Помощь», прежде чем подавать новую.",
      invited: "Мы принимаем только по приглашению.",
      twice: "У вас уже есть доступ с другого аккаунта.",
    },
    reasonButtons: {
      full: "Нет мест",
      unknown: "Не знаем, кто это",
      invited: "Только по приглашению",
      twice: "Есть другой аккаунт",
    },
    ownReason: (words) => `Причина: ${isolated(words)}`,
    askWhy: (name) => `🚫 <b>Отклонить: ${isolated(name)}?</b>\nВыберите причину, её увидят.`,
    withoutReason: "🚫 Без причины",
    ownWords: "✍️ Своими словами",
    ownWordsNext: (name) =>
      `🚫 <b>Отклонить: ${isolated(name)}?</b>\nТеперь нужна причина: пришлите её сообщением.`,
    askWords: (name) => `Почему отклоняем: ${isolated(name)}? Ваш ответ увидят.`,
    reasonField: "Причина",
    approveAll: (n) => `✅ Одобрить все: ${n}`,
    sureAll: (n, names) =>
      `<b>Одобрить ${counted(n, "заявку", "заявки", "заявок")}?</b>\n${names}\nНовые заявки сюда не попадут.`,
    yesAll: (n) => `✅ Да, одобрить: ${n}`,
    andMore: (n) => `и ещё ${n}`,
    approvingAll: (n) => `✅ Одобряем ${counted(n, "заявку", "заявки", "заявок")}.`,
    listGone: "Этот список устарел. Откройте его ещё раз.",
    decisions: "🕘 Последние решения",
    decisionsTitle: "🕘 <b>Последние решения</b>",
    noDecisions: "Решений пока нет.",
    decided: {
      approved: (name, by, at) => `✅ ${isolated(name)}: одобрено, ${isolated(by)}, ${at}`,
      rejected: (name, by, at) => `🚫 ${isolated(name)}: отклонено, ${isolated(by)}, ${at}`,
    },
    wasUndone: (by) => `↩️ отменено: ${isolated(by)}`,
    undo: (name) => `↩️ Отменить: ${name}`,
    sureUndo: {
      over: (name) =>
        `Отменить одобрение: ${isolated(name)}? Время уже закончилось; заявка снова будет ждать.`,
      approved: (name, until) =>
        `Отменить одобрение: ${isolated(name)}? ${until ? `Доступ до ${until} закроется сразу` : "Доступ закроется сразу"}, а заявка снова будет ждать.`,
      rejected: (name) =>
        `Отменить отказ: ${isolated(name)}? Заявка снова будет ждать, и человек об этом узнает.`,
    },
    yesUndo: "↩️ Да, отменить",
    undoOver: "Решение можно отменить в течение часа.",
    lapsed: (at) => `⌛ Закрыто без решения, ${at}`,
    reminder: (name, waited) => `⏰ ${isolated(name)} ждёт уже ${hours(waited)}.`,
    digest: (n) => `🙋 ${counted(n, "заявка ждёт", "заявки ждут", "заявок ждут")} решения.`,
    alreadyDecided: "Эта заявка уже закрыта.",
    decidedNow: {
      approve: (whom) => `✅ Одобрено: ${whom}`,
      reject: (whom) => `🚫 Отклонено: ${whom}`,
    },
  },

  invite: {
    how: (link) => `🎁 <b>Пригласите друга</b>\nОтправьте ему вашу ссылку:\n<code>${link}</code>`,
    came: (n) =>
      `По вашей ссылке ${formOf(n, "пришёл", "пришли", "пришли")} ${counted(n, "друг", "друга", "друзей")}.`,
    share: "📨 Отправить другу",
    shareText: "Пользуюсь этим VPN, всё работает:",
  },

  languages: { en: "английский", ru: "русский" },

  language: {
    name: "Русский",
    choose: "Выберите язык:",
    changed: "Теперь бот говорит по-русски.",
  },

  customer: {
    findHow: "Пришлите /find и имя, @username или номер, например <code>/find 5001</code>",
    findWhat:
      "🔎 Пришлите, что знаете: имя, @username, номер в Telegram, номер платежа или операции, кошелёк или часть комментария. <code>/find</code> делает то же самое.",
    findField: "Имя, номер, платёж…",
    notFound:
      "Никто не найден. Попробуйте часть имени или комментария, @username, номер или кошелёк.",
    found: (n) => `Нашлось: ${n}; сначала новые:`,
    card: (c) =>
      `👤 <b>${isolated(c.name)}</b> ${c.username}\nНомер: <code>${c.id}</code>\nСтатус: ${c.status}${c.until === undefined ? "" : `\nДоступ: ${c.until}`}${c.devices === undefined ? "" : `\nУстройства: ${c.devices}`}${(c.more ?? []).map((line) => `\n${line}`).join("")}`,
    devices: (names) => `Устройства: ${names}`,
    plan: (name) => `Тариф: ${isolated(name)}`,
    traffic: (used, limit) => `Трафик: ${used} из ${limit}`,
    invitedBy: (name) => `Пригласил: ${isolated(name)}`,
    invited: (n) => `Пришло по приглашению: ${n}`,
    until: (until) => `до ${until}`,
    noTime: "времени ещё нет",
    statusEnded: "доступ закрыт",
    ended: (by, at) => `закрыт, ${isolated(by)}, ${at}`,
    reopenHow: "Чтобы снова открыть доступ с оставшимся временем, добавьте дни: ➕",
    paused: (since) => `⏸ На паузе с ${since}: нет в обязательном канале`,
  },

  statuses: {
    pending: "ждёт",
    active: "активен",
    rejected: "отклонён",
    blocked: "заблокирован",
  },

  events: {
    joined: "первый вход в бота",
    asked: "заявка подана",
    approved: "заявка одобрена",
    rejected: "заявка отклонена",
    lapsed: "заявка истекла",
    trial: "открыт пробный доступ",
    payment: "время оплачено",
    maintenance: "возвращено время за работы на сервере",
    deviceAdded: "устройство добавлено",
    deviceRevoked: "устройство удалено",
    extend: "время добавил администратор",
    adopt: "перенесён со своим ключом",
    block: "доступ заблокирован",
    unblock: "блокировка снята",
    revoke: "доступ закрыт",
    refund: "время снято или возвращено",
    undo: "решение отменено",
  },

  act: {
    extendBy: (d) => `➕ ${days(d)}`,
    extendHow: (longest) =>
      `Пришлите <code>/extend &lt;номер&gt; &lt;дни&gt;</code>, например <code>/extend 5001 30</code>; дней от 1 до ${longest}.`,
    daysHow: (longest) => `Пришлите число дней: целое, от 1 до ${longest}.`,
    extendOther: "➕ Другое",
    askDays: (name) => `Сколько дней добавить: ${isolated(name)}? Пришлите число.`,
    daysField: "Дней",
    sureExtend: (name, n, until) =>
      `Добавить ${daysInWords(n)}: ${isolated(name)}? Доступ будет до ${until}.`,
    yesExtend: (n) => `➕ Да, добавить ${days(n)}`,
    effects: {
      extend: (name, n, until) => `${isolated(name)}: +${daysInWords(n)}, доступ до ${until}`,
      block: (name) => `${isolated(name)}: доступ заблокирован, VPN выключен`,
      unblock: (name, until) =>
        `${isolated(name)}: блокировка снята, ${until ? `VPN работает до ${until}` : "но времени не осталось"}`,
      revoke: (name) => `${isolated(name)}: доступ закрыт, все ключи удалены`,
      undo: (name) => `${isolated(name)}: решение отменено, заявка снова ждёт`,
    },
    message: "✉️ Написать",
    conversation: "💬 Переписка",
    revoke: "🗑 Закрыть доступ",
    sureRevoke: (name) =>
      `Закрыть доступ: ${isolated(name)}? Все ключи перестанут работать, и купить ничего нельзя будет, пока вы не добавите дни.`,
    yesRevoke: "Да, закрыть доступ",
    block: "⛔ Заблокировать",
    sureBlock: (name) =>
      `Заблокировать ${isolated(name)}? VPN сразу выключится, а в боте останется только помощь.`,
    yesBlock: "Да, заблокировать",
    unblock: "♻️ Разблокировать",
    sureUnblock: (name, until) =>
      `Разблокировать: ${isolated(name)}? ${until ? `VPN снова заработает, до ${until}.` : "Времени не осталось, но его снова можно купить."}`,
    yesUnblock: "♻️ Да, разблокировать",
    done: (what) => `✅ ${what}.`,
    alreadyDone: "Уже сделано. Чтобы повторить, откройте клиента ещё раз.",
    waits: (what, hosts) =>
      `⏳ ${what}. Не отвечают серверы: ${hosts}. Там изменение применится, как только они заработают.`,
    waitsForRoom: (what) =>
      `⏳ ${what}. Ни на одном сервере нет места для устройства этого клиента: добавьте или расширьте сервер. Устройство разместится, как только появится место.`,
    notAdmin: "Вашей роли это недоступно.",
    noCustomer: "Такого клиента нет.",
    onAdmin:
      "Этот человек из команды. Сначала уберите его из ADMIN_IDS, SUPPORT_IDS или VIEWER_IDS.",
    undone: "Это решение больше не действует.",
    tooLate: "Решение можно отменить только в течение часа.",
    notBooked: "Решение ещё выполняется. Попробуйте через минуту.",
    changedSince:
      "С тех пор что-то купили, добавили или изменили. Воспользуйтесь кнопками в карточке клиента.",
    noSubscription: "У этого клиента ещё нет подписки: сначала одобрите заявку.",
  },
};
