import { writeSummaryOnce } from "../../db/operations/daily-summaries.ts";
import type { EntityManager } from "../../db/orm.ts";
import type { OperationsSteps } from "../../workflows/steps/operations.ts";

/** The activity of the daily summary. */
export const createSummaryActivities = ({
  em,
}: {
  readonly em: EntityManager;
}): Pick<OperationsSteps, "writeSummary"> => ({
  writeSummary: (now) => writeSummaryOnce(em, now),
});
