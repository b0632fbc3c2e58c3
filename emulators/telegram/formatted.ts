import type { MessageEntity } from "./bot-api.ts";
import { badRequest, type Refusal } from "./refusal.ts";

/** Text without its markup, and what the markup said. */
export interface Formatted {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

/** The 400 for broken markup. */
export const cannotParse = (words: string): Refusal => badRequest(`can't parse entities: ${words}`);
