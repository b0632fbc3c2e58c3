import { linkSummaries as links, summaries as access } from "../../workflows/steps/access.ts";
import { summaries as cards } from "../../workflows/steps/cards.ts";
import { summaries as messaging } from "../../workflows/steps/messaging.ts";
import { summaries as operations } from "../../workflows/steps/operations.ts";
import { summaries as payments } from "../../workflows/steps/payments.ts";
import { summaries as people } from "../../workflows/steps/people.ts";

/** The steps of the workflows that move money, those of saved cards, and those of all others. */
const areas = {
  people: { ...people, ...access, ...links, ...messaging, ...operations },
  money: payments,
  cards,
} as const;

/** The name of a step. */
export type StepOf<Area extends keyof typeof areas> = keyof (typeof areas)[Area] & string;

/** The names of all steps of an area. */
export const stepsOf = <Area extends keyof typeof areas>(area: Area): readonly StepOf<Area>[] =>
  Object.keys(areas[area]) as StepOf<Area>[];
