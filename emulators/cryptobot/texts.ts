import type { Language } from "../kit/languages.ts";

/** What the pay page says. */
export interface Texts {
  readonly invoice: (id: number) => string;
  readonly pay: string;
  readonly payWith: string;
  readonly payBefore: (moment: string) => string;
  readonly paid: (sum: string) => string;
  readonly expired: string;
  readonly askAgain: string;
  readonly unknown: string;
  readonly incomplete: string;
  readonly back: string;
  /** By the name of the shop's button. */
  readonly buttons: Readonly<Record<string, string>>;
  readonly emulated: string;
}

const en: Texts = {
  invoice: (id) => `Invoice ${id}`,
  pay: "Pay",
  payWith: "Pay with",
  payBefore: (moment) => `Pay before ${moment}.`,
  paid: (sum) => `Paid: ${sum}`,
  expired: "This invoice has expired.",
  askAgain: "Ask for a new one.",
  unknown: "There is no such invoice",
  incomplete: "It was deleted, or the link is not complete. Ask the shop for a new one.",
  back: "Return",
  buttons: { viewItem: "View item", openChannel: "Open channel", openBot: "Open bot" },
  emulated: "This is an emulated payment: no money moves.",
};

const ru: Texts = {
  invoice: (id) => `Счёт ${id}`,
  pay: "Оплатить",
  payWith: "Чем оплатить",
  payBefore: (moment) => `Оплатите до ${moment}.`,
  paid: (sum) => `Оплачено: ${sum}`,
  expired: "Срок этого счёта истёк.",
  askAgain: "Попросите новый.",
  unknown: "Такого счёта нет",
  incomplete: "Его удалили, или ссылка неполная. Попросите у магазина новую.",
  back: "Вернуться",
  buttons: {
    viewItem: "Посмотреть покупку",
    openChannel: "Открыть канал",
    openBot: "Открыть бота",
  },
  emulated: "Это эмуляция оплаты: деньги не списываются.",
};

/** The page's texts in a language. */
export const textsIn = (language: Language): Texts => (language === "en" ? en : ru);
