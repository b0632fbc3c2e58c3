import type { Approvals } from "../../db/people/approvals.ts";
import type { ApprovalId } from "../../domain/ids.ts";
import type {
  ApprovalAsk,
  ApprovalOutcome,
  ApprovalSubject,
  DecisionMade,
} from "../../domain/people/approval.ts";
import type { Instant } from "../../domain/time.ts";
import type { ApprovalSteps } from "../../workflows/steps/people.ts";

export interface ApprovalPorts {
  readonly approvals: Approvals;
}

/** The activities of approvals. */
export function createApprovalActivities({ approvals }: ApprovalPorts): ApprovalSteps {
  return {
    /**
     * Records the question and sends it to every admin.
     * @returns how many admins there are.
     */
    openApproval: (ask: ApprovalAsk, subject: ApprovalSubject, at: Instant): Promise<number> =>
      approvals.openOnce(ask, subject, at),

    /**
     * Reminds admins of an open question.
     * @returns how it was decided, if it was.
     */
    remindAdmins: (ask: ApprovalAsk, now: Instant): Promise<ApprovalOutcome | undefined> =>
      approvals.remind(ask, now),

    /** How it was last decided; undefined: it was never asked, or is open. */
    findDecision: (id: ApprovalId): Promise<ApprovalOutcome["kind"] | undefined> =>
      approvals.findDecision(id),

    /** Records a decision. False: this person may not decide, or it was decided before. */
    recordDecision: (id: ApprovalId, made: DecisionMade, now: Instant): Promise<boolean> =>
      approvals.decideOnce(id, made, now),

    /**
     * Records that nobody decided.
     * @returns how it ended: it may have been decided before.
     */
    recordLapse: (ask: ApprovalAsk, now: Instant): Promise<ApprovalOutcome> =>
      approvals.lapse(ask, now),
  };
}
