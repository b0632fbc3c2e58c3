import { log, workflowInfo, type WorkflowInterceptors } from "@temporalio/workflow";
import { waitsForMoney } from "./told.ts";

/**
 * Runs in both sides' workflows: says when a payment begins to wait for its money, which is when its timer is
 * set. Whoever paid before would save it the wait.
 */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      startTimer(input, next) {
        if (/payment$/iu.test(workflowInfo().workflowType)) log.info(waitsForMoney);
        return next(input);
      },
    },
  ],
});
