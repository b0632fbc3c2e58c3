import { setCurrentDetails, upsertSearchAttributes } from "@temporalio/workflow";
import { searchAttributes } from "./contract/names.ts";

/** Shows operators where the story stands and what it waits for. */
export function showStage(stage: string, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
  setCurrentDetails(details);
}

/** Shows operators that a person has to look, or has not any more. */
export function needHuman(value: boolean, details: string): void {
  upsertSearchAttributes([{ key: searchAttributes.needsHuman, value }]);
  setCurrentDetails(details);
}
