import { workflowInfo } from "@temporalio/workflow";
import type { LanguageChange } from "../contract/people.ts";
import { localDb } from "../steps/people.ts";

/** Stores a person's choice of language and confirms it in that language. */
export async function languageChange({
  telegramId,
  language,
  shownIn,
}: LanguageChange): Promise<void> {
  await localDb.changeLanguage(telegramId, language, workflowInfo().workflowId, shownIn);
}
