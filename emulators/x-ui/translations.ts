/** A language of the panel that is emulated. */
export type Language = "en" | "ru";

const words = {
  obtain: { en: "Obtain", ru: "Получить" },
  wrong: { en: "Something went wrong", ru: "Что-то пошло не так" },
  trafficError: {
    en: "Error getting traffic.",
    ru: "Ошибка получения данных о трафике",
  },
  added: {
    en: "Inbound client(s) have been added.",
    ru: "Клиент(ы) подключения добавлен(ы)",
  },
  updated: { en: "Inbound client has been updated.", ru: "Клиент подключения обновлён" },
  deleted: { en: "Inbound client has been deleted.", ru: "Клиент подключения удалён" },
  reset: { en: "Traffic has been reset.", ru: "Трафик сброшен" },
  allReset: {
    en: "Traffic for all clients has been reset.",
    ru: "Весь трафик клиента сброшен",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What the panel says, by what it is about. */
export type Phrase = keyof typeof words;

/** A phrase in a language. */
export const say = (phrase: Phrase, language: Language): string => words[phrase][language];

/** The language of a request: its cookie `lang`, else what it accepts, else the usual one. */
export function languageOf(
  { cookie = "", "accept-language": accepted = "" }: Readonly<Record<string, unknown>>,
  usual: Language,
): Language {
  const named = /(?:^|;\s*)lang=(?<lang>[^;]*)/u.exec(String(cookie))?.groups?.["lang"];
  const first = /\b(?<lang>en|ru)\b/iu.exec(named ?? String(accepted))?.groups?.["lang"];
  return first === undefined ? usual : (first.toLowerCase() as Language);
}
