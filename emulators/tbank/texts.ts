import type { Language } from "../kit/languages.ts";
import type { TestCard } from "./cards.ts";

/** What the form says. */
export interface Texts {
  readonly order: (id: string) => string;
  readonly pay: (sum: string) => string;
  readonly byCard: string;
  readonly number: string;
  readonly expires: string;
  readonly testCards: string;
  readonly cards: Readonly<Record<TestCard["name"], string>>;
  readonly bySbp: string;
  readonly qr: string;
  readonly paidInBank: string;
  readonly due: (moment: string) => string;
  readonly notPaid: string;
  readonly poor: string;
  readonly notThem: string;
  readonly refused: string;
  readonly again: string;
  readonly wrongCard: string;
  readonly wrongDate: string;
  readonly isItYou: string;
  readonly yes: string;
  readonly no: string;
  readonly paid: (sum: string) => string;
  readonly held: (sum: string) => string;
  readonly returned: (sum: string) => string;
  readonly canceled: string;
  readonly expired: string;
  readonly askAgain: string;
  readonly back: string;
  readonly unknown: string;
  readonly incomplete: string;
  readonly emulated: string;
}

const en: Texts = {
  order: (id) => `Order ${id}`,
  pay: (sum) => `Pay ${sum}`,
  byCard: "By card",
  number: "Card number",
  expires: "Valid until, MM/YY",
  testCards: "Only test cards are taken here:",
  cards: {
    good: "pays",
    poor: "has too little money",
    "3ds": "asks whether it is you",
    "3ds-refused": "is refused by its bank's check",
  },
  bySbp: "By SBP, from your bank's app",
  qr: "QR code for your bank's app",
  paidInBank: "I have paid in my bank",
  due: (moment) => `Pay before ${moment}.`,
  notPaid: "Nothing was paid.",
  poor: "There is too little money on the card.",
  notThem: "Your bank could not make sure that it is you.",
  refused: "The bank refused the payment.",
  again: "You can try again.",
  wrongCard: "This is not a test card's number. Take one from the list below.",
  wrongDate: "The card's date must have the form MM/YY and must not be over.",
  isItYou: "Your bank asks: is it you who pays?",
  yes: "Yes, confirm",
  no: "No, refuse",
  paid: (sum) => `Paid: ${sum}`,
  held: (sum) => `Held on your card: ${sum}`,
  returned: (sum) => `Given back: ${sum}`,
  canceled: "The shop called this payment off.",
  expired: "The time to pay this is over.",
  askAgain: "Ask the shop for a new link.",
  back: "Back to the shop",
  unknown: "There is no such payment",
  incomplete: "The link is not complete. Ask the shop for a new one.",
  emulated: "This is an emulated payment: no money moves.",
};

const ru: Texts = {
  order: (id) => `Заказ ${id}`,
  pay: (sum) => `Оплатить ${sum}`,
  byCard: "Картой",
  number: "Номер карты",
  expires: "Срок действия, ММ/ГГ",
  testCards: "Здесь принимаются только тестовые карты:",
  cards: {
    good: "оплата проходит",
    poor: "на карте мало денег",
    "3ds": "банк спрашивает, вы ли это",
    "3ds-refused": "проверка банка не проходит",
  },
  bySbp: "Через СБП, из приложения банка",
  qr: "QR-код для приложения банка",
  paidInBank: "Я оплатил в приложении банка",
  due: (moment) => `Оплатите до ${moment}.`,
  notPaid: "Оплата не прошла.",
  poor: "На карте недостаточно денег.",
  notThem: "Банк не смог убедиться, что это вы.",
  refused: "Банк отклонил платёж.",
  again: "Можно попробовать ещё раз.",
  wrongCard: "Это не номер тестовой карты. Возьмите номер из списка ниже.",
  wrongDate: "Срок действия пишется как ММ/ГГ и не должен быть в прошлом.",
  isItYou: "Ваш банк спрашивает: это вы платите?",
  yes: "Да, подтвердить",
  no: "Нет, отказаться",
  paid: (sum) => `Оплачено: ${sum}`,
  held: (sum) => `Удержано на карте: ${sum}`,
  returned: (sum) => `Возвращено: ${sum}`,
  canceled: "Магазин отменил этот платёж.",
  expired: "Время оплаты истекло.",
  askAgain: "Попросите у магазина новую ссылку.",
  back: "Вернуться в магазин",
  unknown: "Такого платежа нет",
  incomplete: "Ссылка неполная. Попросите у магазина новую.",
  emulated: "Это эмуляция оплаты: деньги не списываются.",
};

/** The form's texts in a language. */
export const textsIn = (language: Language): Texts => (language === "en" ? en : ru);

/** Kopecks as people write roubles. */
export const roubles = (kopecks: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: "currency", currency: "RUB" }).format(kopecks / 100);
