import { access, type AccessTexts } from "./access/index.ts";
import { locale } from "./counts.ts";
import { messaging, type MessagingTexts } from "./messaging.ts";
import { operations, type OperationsTexts } from "./operations.ts";
import { payments, type PaymentsTexts } from "./payments/index.ts";
import { people, type PeopleTexts } from "./people.ts";

/** Every text of a language, by area and noun. The English texts define the types. */
export interface Texts {
  /** How numbers and moments are written. */
  readonly locale: string;
  readonly access: AccessTexts;
  readonly messaging: MessagingTexts;
  readonly operations: OperationsTexts;
  readonly payments: PaymentsTexts;
  readonly people: PeopleTexts;
}

/** English. */
export const en: Texts = { locale, access, messaging, operations, payments, people };
