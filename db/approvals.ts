import type { EntityManager } from "@mikro-orm/postgresql";
import type { ApprovalSubject, DecisionMade } from "../domain/approval.ts";
import type { ApprovalId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import { ApprovalRow } from "./approval.ts";
import { AuditEntryRow } from "./audit-entry.ts";
import { CustomerRow } from "./customer.ts";
import { insertOnce } from "./insert-once.ts";

export interface Ask {
  readonly approvalId: ApprovalId;
  readonly ask: string;
}

export class Approvals {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  async openOnce({ approvalId, ask }: Ask, subject: ApprovalSubject, now: Instant): Promise<void> {
    const { kind, customerId } = subject;
    const row = {
      approvalId,
      ask,
      kind,
      customerId,
      state: "open",
      askedAt: new Date(now),
    } as const;
    await insertOnce(this.#em.fork(), ApprovalRow, { rows: [row], key: ["approvalId", "ask"] });
  }

  /**
   * Writes the first admin's decision and its audit row. Doing it again is no second decision: the same
   * admin's repeat is told true as well. False: not an admin, or decided otherwise before.
   */
  async decideOnce(
    approvalId: ApprovalId,
    { ask, decision, by }: DecisionMade,
    now: Instant,
  ): Promise<boolean> {
    const state = decision === "approve" ? ("approved" as const) : ("rejected" as const);
    return this.#em.fork().transactional(async (em) => {
      const admin = await em.findOne(CustomerRow, { telegramId: by, role: "admin" });
      if (admin === null) return false;
      const open = { approvalId, ask, state: "open" as const };
      const decided = { state, decidedAt: now, decidedBy: by };
      if ((await em.nativeUpdate(ApprovalRow, open, decided)) === 0) {
        return (await em.count(ApprovalRow, { approvalId, ask, state, decidedBy: by })) > 0;
      }
      const { customerId } = await em.findOneOrFail(ApprovalRow, { approvalId, ask });
      await em.insert(AuditEntryRow, {
        requestId: `approval/${approvalId}/${ask}`,
        actor: by,
        act: decision,
        customerId,
        before: { state: "open" },
        after: { state },
        at: now,
      });
      return true;
    });
  }

  async lapse({ approvalId, ask }: Ask, now: Instant): Promise<void> {
    await this.#em
      .fork()
      .nativeUpdate(
        ApprovalRow,
        { approvalId, ask, state: "open" },
        { state: "lapsed", decidedAt: now },
      );
  }

  async openIds(): Promise<ApprovalId[]> {
    const rows = await this.#em
      .fork()
      .find(ApprovalRow, { state: "open" }, { orderBy: { askedAt: "asc" }, limit: 200 });
    return rows.map(({ approvalId }) => approvalId as ApprovalId);
  }
}
