import { daysInWords } from "../ru-days.ts";
import { escapeHtml, isolated } from "../html.ts";
import { counted } from "../plural.ts";
import type { enMoney } from "./en.ts";
import { ruDesk } from "./ru-desk.ts";
import { ruShop } from "./ru-shop.ts";

const states = {
  open: (until: string) => `⏳ Ждём оплату до ${until}.`,
  settled: () => "✅ Оплачено. Спасибо!",
  lapsed: () =>
    "⌛ Срок счёта истёк. Если вы уже оплатили, деньги всё равно зачтутся; иначе выберите тариф снова: /plans",
  declined: () => "❌ Платёж отклонён, деньги не списаны. Выберите тариф снова: /plans",
  cancelled: () => "✖️ Отменено. Выбрать тариф можно в любой момент: /plans",
  refused: () => "❌ Платёжная система не приняла запрос. Выберите другой способ: /plans",
  refunded: () => "↩️ Деньги возвращены.",
} as const;

export const ruMoney: typeof enMoney = {
  ...ruShop,
  ...ruDesk,
  invoiceDescription: (plan, d) => `${plan}: доступ к VPN на ${daysInWords(d)}`,
  invoice: ({ plan, days: d, price, gateway, until, state, address, comment }) =>
    `🧾 <b>${escapeHtml(plan)}</b>, ${daysInWords(d)}\nЦена: <b>${price}</b>, ${gateway}\n${
      address
        ? `Отправьте ровно эту сумму на\n<code>${address}</code>\nровно с таким комментарием:\n<code>${comment}</code>\n`
        : ""
    }${states[state](until)}`,
  transferQr: (price) => `Отсканируйте кошельком: ${price}`,
  payButton: "💳 Оплатить",
  cancelPayment: "✖️ Отменить",
  gatewayName: (name) =>
    ({
      stars: "звёзды Telegram",
      ton: "сеть TON",
      cryptobot: "через CryptoBot",
      tbank: "карта или СБП (Т-Банк)",
      balance: "с вашего баланса",
    })[name] ?? name,

  timePaid: (until) =>
    `✅ Оплата получена. Доступ открыт до <b>${until}</b>. Ключи остались прежними: /devices`,
  timeTakenBack: (until) => `↩️ Платёж возвращён, поэтому доступ теперь до <b>${until}</b>.`,
  usageAllowance: (used, limit) => `Из трафика тарифа: ${used} из ${limit}`,
  trafficUsedUp: (until) =>
    `📊 Трафик тарифа израсходован, доступ приостановлен (он оплачен до ${until}). Новая покупка даст новый трафик: /plans`,
  notOpened: {
    notCustomer: "Сначала нажмите /start: тарифы для клиентов.",
    notForSale: "Этот тариф больше не продаётся. Что есть сейчас: /plans",
    priceChanged: "Тариф изменился с тех пор, как вы его видели. Посмотрите ещё раз: /plans",
    gatewayOff: "Этот способ оплаты сейчас выключен. Выберите другой: /plans",
    alreadyOpen: "У вас уже есть открытый счёт на это, вот он.",
  },
  invoiceRefused: "❌ Платёжная система не приняла запрос. Выберите другой способ: /plans",
  invoiceDelayed: "🕓 Платёжная система сейчас не отвечает. Мы пробуем снова; счёт придёт сам.",
  underpaid: (paid, missing) =>
    `⚠️ Пришло ${paid}, не хватает ${missing}. Деньги лежат на вашем балансе (/balance): доплатите по тому же счёту или оплатите с баланса, когда хватит.`,
  credited: (amount, why) => `💰 ${amount} теперь на вашем балансе (/balance): ${why}.`,
  creditReasons: {
    underpaid: "это меньше цены",
    wrongCurrency: "деньги пришли не в валюте счёта",
    paidTwice: "этот счёт уже был оплачен",
    blocked: "доступ заблокирован; напишите в /support",
    noAccess: "подписка закончилась; напишите в /support",
    found: "администратор нашёл ваш платёж",
  },
  balanceShort: (amount) =>
    `⚠️ На балансе (/balance) уже нет ${amount}. Ничего не списано и не куплено: /plans`,
  surplusCredited: (amount) => `💰 Вы заплатили на ${amount} больше: они на балансе (/balance).`,
  refundUnderWay: (amount) => `↩️ ${amount}, оплаченные второй раз, возвращаются к вам.`,
  moneyReturned: (amount) => `↩️ Вам возвращено ${amount}.`,
  refundFailed: (amount, isOnBalance) =>
    `⚠️ Вернуть вам ${amount} не получилось${isOnBalance ? ": деньги на вашем балансе (/balance)" : ""}. Вопросы: /paysupport`,
  unmatchedResolved: {
    done: "✅ Записано.",
    notAdmin: "Это могут только администраторы.",
    noCustomer: "Такого клиента нет.",
    notOpen: "По этим деньгам уже принято решение.",
    notPossible: "Этот шлюз не умеет возвращать деньги. Отдайте их клиенту или отправьте вручную.",
    returned: "✅ Деньги вернулись тому, кто их заплатил.",
    refused: "⚠️ Шлюз отказался их вернуть. Они там же, где были: /unmatched",
  },
  refundNotOpened: {
    notAdmin: "Это могут только администраторы.",
    noPayment: "Такого оплаченного платежа нет.",
    nothingLeft: "Всё уже возвращено.",
    tooMuch: "Это больше, чем осталось от платежа, или другая валюта.",
    underWay: "Возврат этих денег уже идёт.",
    onlyWhole: "Этот шлюз возвращает платёж только целиком.",
    notPossible: "Этот шлюз не умеет возвращать деньги. Отправьте их вручную.",
    spent: "Эти деньги попали на баланс клиента и уже потрачены: на балансе меньше.",
  },
  askRefund: (facts) =>
    `↩️ <b>Возврат ${facts.amount}</b>, ${facts.gateway}\nКому: ${isolated(facts.name)} (<code>${facts.id}</code>)\nПричина: ${escapeHtml(facts.reason)}\nЗапрошен: ${facts.at}`,

  askRemovals: (host, count, at) =>
    `🧹 На сервере <b>${host}</b> лишних пиров: ${count}, больше, чем можно убрать без разрешения. Убрать?\nЗапрошено: ${at}`,
  askUnknownPeers: (host, count, at) =>
    `❓ На сервере <b>${host}</b> пиров с нашими адресами и неизвестными ключами: ${count}. Убрать?\nЗапрошено: ${at}`,
  pendingPeers: {
    removals: (host, count) => `🧹 ${host}: убрать лишних пиров (${count})?`,
    unknownPeers: (host, count) => `❓ ${host}: убрать неизвестных пиров (${count})?`,
  },

  forAdmins: {
    unmatchedMoney: (gateway, amount) =>
      `❓ ${amount} пришло (${gateway}), но никто этих денег не просил. Решите: /unmatched`,
    chargedBack: (gateway, amount) =>
      `⚠️ Плательщик оспорил ${amount} (${gateway}). Купленный доступ отозван.`,
    returnedOutside: (gateway, amount) =>
      `↩️ ${amount} возвращено на стороне шлюза (${gateway}), не нами. Купленный доступ отозван.`,
    creditedBlocked: (gateway, amount) =>
      `⚠️ Заблокированный клиент заплатил ${amount} (${gateway}). Деньги лежат на его балансе.`,
    foundAndFixed: (gateway, count) =>
      `🔎 ${gateway}: найдено и исправлено ${counted(count, ["сообщение", "сообщения", "сообщений"])}, которые не дошли.`,
    linesSkipped: (gateway, count) =>
      `ℹ️ ${gateway}: пропущено ${counted(count, ["платёж", "платежа", "платежей"])} из времени до того, как магазин стал пользоваться этим счётом. Другой момент задаёт SHOP_STARTED_AT.`,
    quarantined: (gateway, reason) =>
      `⚠️ ${gateway}: что-то не удалось обработать, оно отложено, всё остальное работает. Новая попытка будет сделана сама. Причина: ${escapeHtml(reason)}`,
    refundRefused: (gateway, amount, why) =>
      `❌ ${gateway}: в возврате ${amount} отказано: ${escapeHtml(why)}. Ничего не изменилось.`,
    refundNotAgreed: {
      rejected: (gateway, amount) =>
        `✋ Возврат ${amount} (${gateway}) отклонён администратором. Ничего не изменилось.`,
      lapsed: (gateway, amount) =>
        `⌛ Никто вовремя не согласился вернуть ${amount} (${gateway}). Ничего не изменилось; запросите ещё раз, если возврат всё ещё нужен.`,
    },
    refundReturned: (gateway, amount) => `✅ ${amount} возвращено (${gateway}).`,
    hostAway: (host, trouble) =>
      `🔌 Сервер ${host} не отвечает: ${trouble}. Клиенты на нём ждут; всё, что решено за это время, сделается, когда он вернётся.`,
    hostBack: (host) => `✅ Сервер ${host} снова отвечает и догоняет.`,
    messageNotSent: (content, reason) =>
      `⚠️ Сообщение (${escapeHtml(content)}) не удалось отправить, оно отложено: ${escapeHtml(reason)}`,
    inconsistent: (gateway, reason) =>
      `⚠️ ${gateway} сообщает то, чего не может быть: ${escapeHtml(reason)}. Ничего не записано; посмотрите платёж.`,
    refundWaits: (gateway, amount) =>
      `⏳ ${gateway}: ${amount} ещё не возвращены. Мы продолжаем запрашивать; чем кончится, придёт сюда.`,
    unmatchedReturned: (gateway, amount) =>
      `↩️ Шлюз (${gateway}) вернул ${amount}, которых никто не просил.`,
    debt: (gateway, amount) =>
      `⚠️ ${amount} из оспоренного (${gateway}) списано с баланса клиента. Что он успел потратить, теперь его долг.`,
  },
};
