import { log } from "@temporalio/workflow";

/** Tells another workflow; false when it has ended and there is nobody to tell. */
export async function tellWorkflow(send: Promise<void>, about: string): Promise<boolean> {
  try {
    await send;
    return true;
  } catch (error) {
    log.info("the other workflow has ended", { about, reason: String(error) });
    return false;
  }
}

/** A child that was started before is what was wanted. */
export function ignoreStarted(error: unknown): void {
  const isStarted = error instanceof Error && error.name === "WorkflowExecutionAlreadyStartedError";
  if (!isStarted) throw error;
}
