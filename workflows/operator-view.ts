import { setCurrentDetails, upsertSearchAttributes } from "@temporalio/workflow";
import { searchAttributes } from "./contract/names.ts";

/** Shows operators a workflow's stage and what it waits for. */
export function showStage(stage: string, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
  setCurrentDetails(details);
}

/** Shows operators whether a person has to act. */
export function needHuman(value: boolean, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.needsHuman, value }]);
  setCurrentDetails(details);
}
