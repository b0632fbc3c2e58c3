import { languages } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";

/** The bot itself answers that an update has to wait: there is no row of this message. */
export const isSlow: ReadonlySet<string> = new Set(
  languages.map((language) => textsIn(language).messaging.answer.delayed),
);
