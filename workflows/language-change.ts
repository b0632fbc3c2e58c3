import { workflowInfo } from "@temporalio/workflow";
import type { LanguageChange } from "./contract.ts";
import { dbSteps } from "./steps.ts";

/** A person's choice of language: booked, then confirmed in it. */
export async function languageChange({ telegramId, language }: LanguageChange): Promise<void> {
  await dbSteps.changeLanguage(telegramId, language, workflowInfo().workflowId);
}
