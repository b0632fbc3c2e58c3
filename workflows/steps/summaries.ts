import { summaries as hosts } from "./hosts.ts";
import { linkSummaries, summaries as access } from "./access.ts";
import { summaries as messaging } from "./messaging.ts";
import { summaries as operations } from "./operations.ts";
import { summaries as payments } from "./payments.ts";
import { summaries as people } from "./people.ts";

/** What each step does, in words, by its name. */
export const stepSummaries: Readonly<Partial<Record<string, string>>> = {
  ...access,
  ...hosts,
  ...linkSummaries,
  ...messaging,
  ...operations,
  ...payments,
  ...people,
};
