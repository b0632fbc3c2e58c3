import type { Section } from "./catalogue-entry.ts";

/** Where the pages of commands and buttons belong, by their first word. */
const words: { readonly [Name in Section]?: string } = {
  start: "captcha",
  home: "start home language languages invite works",
  access: "connect platform connect-key trouble device dl devices usage usage-chart",
  payments:
    "plans plan buy balance payments show-payment cancel-payment invoice-qr renewal renew-by begin-by begin agree",
  support: "help support paysupport terms privacy support-reply",
  "admin-people":
    "admin admin-pending decide admin-find find customer sure-block sure-end ask-days act extend history listed reject reject-ask approve-all approve-yes decisions",
  "admin-payments":
    "payment payment-history payments-of payments-found payment-json sure-refund refund refund-whole refund-part refund-some refund-sent refund-book unmatched ignore return return-yes give",
  "admin-support": "tickets ticket ticket-answer ticket-close",
  "admin-shop":
    "admin-numbers settings setting plans-edit plan-edit plan-part plan-add-ons plan-field plan-set plan-ask plan-new hosts host locations location",
};

const known = new Map(
  Object.entries(words).flatMap(([section, list]) =>
    list.split(" ").map((word) => [word, section as Section] as const),
  ),
);

/** Where an answer to a command or to a kind of button belongs. */
export function sectionOf(name: string): Section {
  const word = /^\/?([\w-]+)/u.exec(name)?.[1] ?? "";
  const section = known.get(word) ?? known.get(word.replace(/-[a-z-]+$/u, ""));
  return section ?? "answers";
}
