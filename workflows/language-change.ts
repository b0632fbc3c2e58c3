import { workflowInfo } from "@temporalio/workflow";
import type { LanguageChange } from "./contract/people.ts";
import { localDb } from "./steps/people.ts";

/** A person's choice of language: booked, then confirmed in it. */
export async function languageChange({ telegramId, language }: LanguageChange): Promise<void> {
  await localDb.changeLanguage(telegramId, language, workflowInfo().workflowId);
}
