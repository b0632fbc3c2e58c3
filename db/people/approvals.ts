import { type ApprovalId, type TelegramId, telegramId } from "../../domain/ids.ts";
import {
  approvalAnnouncement,
  approvalClosed,
  approvalMessages,
  approvalReminders,
  mostAskedSingly,
} from "../../domain/messaging/announcements.ts";
import {
  type ApprovalAsk,
  type ApprovalOutcome,
  type ApprovalSubject,
  type DecisionMade,
  isCausedByStrangers,
  type RejectReason,
} from "../../domain/people/approval.ts";
import type { Role } from "../../domain/people/customer.ts";
import { mayDo, permissionToDecide } from "../../domain/people/permissions.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { bookHostAnswer } from "../access/host-answers.ts";
import { countOpen } from "../messaging/message-facts.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { findAllowed, isAllowed } from "./customers.ts";

/** Questions to admins and their answers. */
export class Approvals {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Records the question and sends it to every admin, or counts it in their digest when many wait.
   * @returns how many admins there are.
   */
  openOnce(
    { approvalId, ask }: ApprovalAsk,
    subject: ApprovalSubject,
    now: Instant,
  ): Promise<number> {
    return inTransaction(this.#em, async (db) => {
      const customerId = subject.customerId ?? null;
      const row = {
        approvalId: approvalId as string,
        ask,
        kind: subject.kind,
        customerId,
        subject,
      };
      await db
        .insertInto("approvals")
        .values({ ...row, state: "open", askedAt: new Date(now) })
        .onConflict((of) => of.columns(["approvalId", "ask"]).doNothing())
        .execute();
      await lapseFormer(db, { approvalId, ask }, now);
      const admins = await findAllowed(db, permissionToDecide(subject.kind));
      const open = await countOpenBeside(db, subject.kind, now);
      await enqueue(db, approvalAnnouncement(admins, { approvalId, ask }, open));
      return admins.length;
    });
  }

  /**
   * Reminds every admin of an open question, or of how many wait.
   * @returns how it was decided, if it was: then nobody is reminded.
   */
  remind({ approvalId, ask }: ApprovalAsk, now: Instant): Promise<ApprovalOutcome | undefined> {
    return inTransaction(this.#em, async (db) => {
      const asked = await findQuestion(db, { approvalId, ask });
      const decided = outcomeOf(asked);
      if (decided !== undefined) return decided;
      const kind = asked?.kind as ApprovalSubject["kind"];
      const open = await countOpenBeside(db, kind, now);
      await enqueue(
        db,
        approvalReminders(
          await findAllowed(db, permissionToDecide(kind)),
          { approvalId, ask },
          open,
        ),
      );
      return undefined;
    });
  }

  /**
   * Records the first decision of an admin with its audit row, and updates every copy of the
   * question. The same admin's repeat also returns true.
   * @returns false when `by` may not decide this, or it was decided otherwise before.
   */
  decideOnce(
    approvalId: ApprovalId,
    { ask, decision, by, reason }: DecisionMade,
    now: Instant,
  ): Promise<boolean> {
    const state = decision === "approve" ? ("approved" as const) : ("rejected" as const);
    return inTransaction(this.#em, async (db) => {
      const asked = await findQuestion(db, { approvalId, ask });
      if (asked === undefined) return false;
      const permission = permissionToDecide(asked.kind as ApprovalSubject["kind"]);
      if (!(await isAllowed(db, by, permission))) return false;
      const changed = await db
        .updateTable("approvals")
        .set({ state, decidedAt: new Date(now), decidedBy: by as number, reason: reason ?? null })
        .where("approvalId", "=", approvalId as string)
        .where("ask", "=", ask)
        .where("state", "=", "open")
        .returning(["customerId", "subject"])
        .executeTakeFirst();
      if (changed === undefined) return isSameDecision(db, { approvalId, ask }, state, by);
      await bookHostAnswer(db, changed.subject, { isYes: decision === "approve", at: now });
      await db
        .insertInto("audit_log")
        .values({
          requestId: `approval/${approvalId}/${ask}`,
          actor: by as number,
          act: decision,
          customerId: changed.customerId,
          before: { state: "open" },
          after: { state, ...(reason && { reason }) },
          at: new Date(now),
        })
        .execute();
      await updateEverywhere(db, { approvalId, ask });
      return true;
    });
  }

  /**
   * Records that nobody decided.
   * @returns how it ended, which differs if somebody has decided.
   */
  lapse({ approvalId, ask }: ApprovalAsk, now: Instant): Promise<ApprovalOutcome> {
    return inTransaction(this.#em, async (db) => {
      const lapsed = await lapseOpen(db, approvalId, now)
        .where("ask", "=", ask)
        .returning("subject")
        .executeTakeFirst();
      if (lapsed !== undefined) {
        await bookHostAnswer(db, lapsed.subject, { isYes: false, at: now });
        await updateEverywhere(db, { approvalId, ask });
      }
      return outcomeOf(await findQuestion(db, { approvalId, ask })) ?? { kind: "lapsed", at: now };
    });
  }

  /** How a question was last decided; undefined: it never was, or is open. */
  async findDecision(id: ApprovalId): Promise<ApprovalOutcome["kind"] | undefined> {
    return (await findDecision(queriesOf(this.#em), id))?.kind;
  }
}

/**
 * How many questions wait together with this one, if strangers can cause it. A question about a
 * host or a refund is always sent singly.
 */
async function countOpenBeside(
  db: Queries,
  kind: ApprovalSubject["kind"] | undefined,
  now: Instant,
) {
  const isOneOfMany = kind === undefined || isCausedByStrangers(kind);
  return { openCount: isOneOfMany ? await countOpen(db, "approvals") : 1, now };
}

/** Records that nobody decided the open questions of this id. */
const lapseOpen = (db: Queries, id: ApprovalId, now: Instant) =>
  db
    .updateTable("approvals")
    .set({ state: "lapsed", decidedAt: new Date(now) })
    .where("approvalId", "=", id as string)
    .where("state", "=", "open");

/** A question is repeated when the workflow of the former one was ended: closes the former one. */
async function lapseFormer(
  db: Queries,
  { approvalId, ask }: ApprovalAsk,
  now: Instant,
): Promise<void> {
  const former = await lapseOpen(db, approvalId, now)
    .where("ask", "!=", ask)
    .returning("ask")
    .execute();
  for (const one of former) await updateEverywhere(db, { approvalId, ask: one.ask });
}

const selectDecided = (db: Queries, id: ApprovalId) =>
  db
    .selectFrom("approvals")
    .select(["kind", "state", "decidedAt", "decidedBy", "reason", "undoneAt"])
    .where("approvalId", "=", id as string)
    .orderBy("askedAt", "desc")
    .limit(1);

type DecidedRow = Awaited<ReturnType<ReturnType<typeof selectDecided>["execute"]>>[number];

function outcomeOf(row: DecidedRow | undefined): ApprovalOutcome | undefined {
  if (row === undefined || row.state === "open" || row.decidedAt === null) return undefined;
  if (row.undoneAt !== null) return undefined;
  const at = instant(row.decidedAt);
  if (row.state === "lapsed") return { kind: "lapsed", at };
  if (row.decidedBy === null) throw new Error(`a question was ${row.state}, but by nobody`);
  return { kind: row.state, by: telegramId(row.decidedBy), at };
}

/** How a question was last decided; undefined: it never was, or is open. */
export const findDecision = async (
  db: Queries,
  id: ApprovalId,
): Promise<ApprovalOutcome | undefined> =>
  outcomeOf(await selectDecided(db, id).executeTakeFirst());

/** Why it was rejected, if that was its last decision and a reason was given. */
export async function findReason(db: Queries, id: ApprovalId): Promise<RejectReason | undefined> {
  const row = await selectDecided(db, id).executeTakeFirst();
  return row?.state === "rejected" && row.reason !== null ? row.reason : undefined;
}

const findQuestion = (
  db: Queries,
  { approvalId, ask }: ApprovalAsk,
): Promise<DecidedRow | undefined> =>
  selectDecided(db, approvalId).where("ask", "=", ask).executeTakeFirst();

/** Open questions, the oldest first. */
const selectOpen = (db: Queries) =>
  db
    .selectFrom("approvals")
    .select(["approvalId", "ask", "kind"])
    .where("state", "=", "open")
    .orderBy("askedAt")
    .limit(200);

/**
 * Sends the oldest open questions that this role decides, at most twenty, to somebody of it who
 * has just arrived.
 * @returns the open questions, at most 200.
 */
export async function sendOpenQuestions(
  db: Queries,
  admin: TelegramId,
  role: Role,
): Promise<ApprovalId[]> {
  const rows = (await selectOpen(db).execute()).filter(({ kind }) =>
    mayDo(role, permissionToDecide(kind as ApprovalSubject["kind"])),
  );
  const messages = rows
    .slice(0, mostAskedSingly)
    .flatMap(({ approvalId, ask }) =>
      approvalMessages([admin], { approvalId: approvalId as ApprovalId, ask }),
    );
  await enqueue(db, messages);
  return rows.map(({ approvalId }) => approvalId as ApprovalId);
}

async function isSameDecision(
  db: Queries,
  { approvalId, ask }: ApprovalAsk,
  state: "approved" | "rejected",
  by: TelegramId,
): Promise<boolean> {
  const row = await db
    .selectFrom("approvals")
    .select("approvalId")
    .where("approvalId", "=", approvalId as string)
    .where("ask", "=", ask)
    .where("state", "=", state)
    .where("decidedBy", "=", by as number)
    .executeTakeFirst();
  return row !== undefined;
}

/** Updates the question in every chat: without buttons, with who decided and when. */
async function updateEverywhere(db: Queries, ask: ApprovalAsk): Promise<void> {
  await enqueue(db, approvalClosed(await findAllowed(db, "decideSignups"), ask));
}
