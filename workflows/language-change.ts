import type { LanguageChange } from "./contract.ts";
import { quickSteps, steps } from "./steps.ts";

/** A person's choice of language: written, then confirmed in it. */
export async function languageChange({ telegramId, language }: LanguageChange): Promise<void> {
  await quickSteps.changeLanguage(telegramId, language);
  await steps.tell(telegramId, { kind: "languageChanged", language });
}
