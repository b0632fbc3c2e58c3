import type { Language } from "../kit/languages.ts";

/** Why a link cannot be paid. */
export type LinkFault = "noAddress" | "noAmount" | "unknownJetton" | "tooLate";

/** What the wallet's page says. */
export interface Texts {
  readonly title: string;
  readonly coin: string;
  readonly to: string;
  readonly comment: string;
  readonly from: string;
  readonly letters: string;
  readonly pay: (sum: string) => string;
  readonly paidTitle: string;
  readonly paid: (sum: string) => string;
  readonly notPaid: string;
  readonly faults: Readonly<Record<LinkFault, string>>;
  readonly emulated: string;
}

const en: Texts = {
  title: "Pay from a wallet",
  coin: "Coin",
  to: "To",
  comment: "With the comment",
  from: "From the wallet of",
  letters: "letters, digits, _ and -",
  pay: (sum) => `Pay ${sum}`,
  paidTitle: "Paid",
  paid: (sum) => `${sum} left the wallet. You may close this page.`,
  notPaid: "Nothing was paid",
  faults: {
    noAddress: "The link has no address of TON to pay to.",
    noAmount: "The link has no amount to pay.",
    unknownJetton: "The link asks for a jetton that is not known here.",
    tooLate: "The time to pay this is over. Ask the shop for a new link.",
  },
  emulated: "This wallet and its money exist on this machine only.",
};

const ru: Texts = {
  title: "Оплата из кошелька",
  coin: "Монета",
  to: "Кому",
  comment: "С комментарием",
  from: "Чей кошелёк платит",
  letters: "латинские буквы, цифры, _ и -",
  pay: (sum) => `Оплатить ${sum}`,
  paidTitle: "Оплачено",
  paid: (sum) => `${sum} списано с кошелька. Страницу можно закрыть.`,
  notPaid: "Оплата не прошла",
  faults: {
    noAddress: "В ссылке нет адреса TON, на который платить.",
    noAmount: "В ссылке нет суммы.",
    unknownJetton: "Ссылка просит жетон, которого здесь не знают.",
    tooLate: "Время оплаты истекло. Попросите у магазина новую ссылку.",
  },
  emulated: "Этот кошелёк и деньги в нём есть только на этом компьютере.",
};

/** The page's texts in a language. */
export const textsIn = (language: Language): Texts => (language === "en" ? en : ru);
