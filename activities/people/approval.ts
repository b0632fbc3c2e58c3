import type { Approvals } from "../../db/people/approvals.ts";
import type { ApprovalSteps } from "../../workflows/steps/people.ts";

/** Where approvals are stored. */
export interface ApprovalPorts {
  readonly approvals: Approvals;
}

/** The activities of approvals. */
export function createApprovalActivities({ approvals }: ApprovalPorts): ApprovalSteps {
  return {
    openApproval: (ask, subject, at) => approvals.openOnce(ask, subject, at),
    remindAdmins: (ask, now) => approvals.remind(ask, now),
    findDecision: (id) => approvals.findDecision(id),
    recordDecision: (id, made, now) => approvals.decideOnce(id, made, now),
    recordLapse: (ask, now) => approvals.lapse(ask, now),
  };
}
