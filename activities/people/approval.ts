import type { Approvals, Ask } from "../../db/people/approvals.ts";
import type { ApprovalId } from "../../domain/ids.ts";
import type {
  ApprovalOutcome,
  ApprovalSubject,
  DecisionMade,
} from "../../domain/people/approval.ts";
import type { Instant } from "../../domain/time.ts";

export interface ApprovalPorts {
  readonly approvals: Approvals;
}

export type ApprovalActivities = ReturnType<typeof createApprovalActivities>;

export function createApprovalActivities({ approvals }: ApprovalPorts) {
  return {
    /** Books the question and asks every admin; answers how many there are. */
    openApproval: (ask: Ask, subject: ApprovalSubject, at: Instant): Promise<number> =>
      approvals.openOnce(ask, subject, at),

    /** Answers how it was decided instead, where it was. */
    remindAdmins: (ask: Ask, now: Instant): Promise<ApprovalOutcome | undefined> =>
      approvals.remind(ask, now),

    /** Undefined: it was never asked, or is open. */
    findDecision: (id: ApprovalId): Promise<ApprovalOutcome["kind"] | undefined> =>
      approvals.findDecision(id),

    /** False: this person may not decide, or somebody has decided before. */
    recordDecision: (id: ApprovalId, made: DecisionMade, now: Instant): Promise<boolean> =>
      approvals.decideOnce(id, made, now),

    /** Answers how it ended: it may have been decided before. */
    recordLapse: (ask: Ask, now: Instant): Promise<ApprovalOutcome> => approvals.lapse(ask, now),
  };
}
