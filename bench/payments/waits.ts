import { log, workflowInfo, type WorkflowInterceptors } from "@temporalio/workflow";
import { waitsForMoneyLog } from "./step.ts";

/**
 * Runs in both sides' workflows: logs that a payment begins to wait for its money, which is when it
 * sets its timer. Paying before that would spare the workflow the wait.
 */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      startTimer(input, next) {
        if (/payment$/iu.test(workflowInfo().workflowType)) log.info(waitsForMoneyLog);
        return next(input);
      },
    },
  ],
});
