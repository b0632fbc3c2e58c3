import { type ApprovalId, type TelegramId, telegramId } from "../../domain/ids.ts";
import {
  approvalAnnouncement,
  approvalClosed,
  approvalMessages,
  approvalReminders,
  mostAskedSingly,
} from "../../domain/messaging/message.ts";
import {
  type ApprovalOutcome,
  type ApprovalSubject,
  type DecisionMade,
  isCausedByStrangers,
} from "../../domain/people/approval.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { bookHostAnswer } from "../access/host-answers.ts";
import { countOpen } from "../messaging/message-facts.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { adminIds, isAdmin } from "./customers.ts";

/** One question: `ask` tells the askings of one approval apart. */
export interface Ask {
  readonly approvalId: ApprovalId;
  readonly ask: string;
}

export class Approvals {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Books the question and asks every admin, or adds it to their digest where hundreds wait. Answers how many admins there are. */
  openOnce({ approvalId, ask }: Ask, subject: ApprovalSubject, now: Instant): Promise<number> {
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
      const admins = await adminIds(db);
      const open = await openBeside(db, subject.kind, now);
      await enqueue(db, approvalAnnouncement(admins, { approvalId, ask }, open));
      return admins.length;
    });
  }

  /** Reminds every admin of a question, or of how many wait where that is many; answers how it was decided, where it was. */
  remind({ approvalId, ask }: Ask, now: Instant): Promise<ApprovalOutcome | undefined> {
    return inTransaction(this.#em, async (db) => {
      const asked = await findAsked(db, { approvalId, ask });
      const decided = outcome(asked);
      if (decided !== undefined) return decided;
      const open = await openBeside(db, asked?.kind as ApprovalSubject["kind"], now);
      await enqueue(db, approvalReminders(await adminIds(db), { approvalId, ask }, open));
      return undefined;
    });
  }

  /**
   * Books the first admin's decision with its audit row, and has every copy of the question say so. Doing it again
   * is not a second decision: the same admin's repeat is answered true as well. False: not an admin, or decided
   * otherwise before.
   */
  decideOnce(
    approvalId: ApprovalId,
    { ask, decision, by }: DecisionMade,
    now: Instant,
  ): Promise<boolean> {
    const state = decision === "approve" ? ("approved" as const) : ("rejected" as const);
    return inTransaction(this.#em, async (db) => {
      if (!(await isAdmin(db, by))) return false;
      const changed = await db
        .updateTable("approvals")
        .set({ state, decidedAt: new Date(now), decidedBy: by as number })
        .where("approvalId", "=", approvalId as string)
        .where("ask", "=", ask)
        .where("state", "=", "open")
        .returning(["customerId", "subject"])
        .executeTakeFirst();
      if (changed === undefined) return wasDecided(db, { approvalId, ask }, state, by);
      await bookHostAnswer(db, changed.subject, { isYes: decision === "approve", at: now });
      await db
        .insertInto("audit_log")
        .values({
          requestId: `approval/${approvalId}/${ask}`,
          actor: by as number,
          act: decision,
          customerId: changed.customerId,
          before: { state: "open" },
          after: { state },
          at: new Date(now),
        })
        .execute();
      await showEverywhere(db, { approvalId, ask });
      return true;
    });
  }

  /** Books that nobody decided; answers how it ended, which is otherwise where somebody had decided. */
  lapse({ approvalId, ask }: Ask, now: Instant): Promise<ApprovalOutcome> {
    return inTransaction(this.#em, async (db) => {
      const lapsed = await db
        .updateTable("approvals")
        .set({ state: "lapsed", decidedAt: new Date(now) })
        .where("approvalId", "=", approvalId as string)
        .where("ask", "=", ask)
        .where("state", "=", "open")
        .returning("subject")
        .executeTakeFirst();
      if (lapsed !== undefined) {
        await bookHostAnswer(db, lapsed.subject, { isYes: false, at: now });
        await showEverywhere(db, { approvalId, ask });
      }
      return outcome(await findAsked(db, { approvalId, ask })) ?? { kind: "lapsed", at: now };
    });
  }

  async findDecision(id: ApprovalId): Promise<ApprovalOutcome["kind"] | undefined> {
    return (await findDecision(queriesOf(this.#em), id))?.kind;
  }
}

/** What waits beside a question that strangers cause. One about a host or a refund is always asked by itself. */
async function openBeside(db: Queries, kind: ApprovalSubject["kind"] | undefined, now: Instant) {
  const isOneOfMany = kind === undefined || isCausedByStrangers(kind);
  return { openCount: isOneOfMany ? await countOpen(db, "approvals") : 1, now };
}

/** A question that is asked anew, because the workflow of the former was ended, leaves no second one open. */
async function lapseFormer(db: Queries, { approvalId, ask }: Ask, now: Instant): Promise<void> {
  const former = await db
    .updateTable("approvals")
    .set({ state: "lapsed", decidedAt: new Date(now) })
    .where("approvalId", "=", approvalId as string)
    .where("ask", "!=", ask)
    .where("state", "=", "open")
    .returning("ask")
    .execute();
  for (const one of former) await showEverywhere(db, { approvalId, ask: one.ask });
}

const selectDecided = (db: Queries, id: ApprovalId) =>
  db
    .selectFrom("approvals")
    .select(["kind", "state", "decidedAt", "decidedBy"])
    .where("approvalId", "=", id as string)
    .orderBy("askedAt", "desc")
    .limit(1);

type DecidedRow = Awaited<ReturnType<ReturnType<typeof selectDecided>["execute"]>>[number];

function outcome(row: DecidedRow | undefined): ApprovalOutcome | undefined {
  if (row === undefined || row.state === "open" || row.decidedAt === null) return undefined;
  const at = instant(row.decidedAt);
  if (row.state === "lapsed") return { kind: "lapsed", at };
  return { kind: row.state, by: telegramId(Number(row.decidedBy)), at };
}

/** How a question was answered when it was asked last; undefined: it was not, or is open. */
export const findDecision = async (
  db: Queries,
  id: ApprovalId,
): Promise<ApprovalOutcome | undefined> => outcome(await selectDecided(db, id).executeTakeFirst());

const findAsked = (db: Queries, { approvalId, ask }: Ask): Promise<DecidedRow | undefined> =>
  selectDecided(db, approvalId).where("ask", "=", ask).executeTakeFirst();

/** What waits, the oldest first: as many as an admin who arrives is asked one by one. */
const selectOpen = (db: Queries) =>
  db
    .selectFrom("approvals")
    .select(["approvalId", "ask"])
    .where("state", "=", "open")
    .orderBy("askedAt")
    .limit(200);

/** Asks an admin who has just arrived what waits, and answers what that is. */
export async function askArrived(db: Queries, admin: TelegramId): Promise<ApprovalId[]> {
  const rows = await selectOpen(db).execute();
  const messages = rows
    .slice(0, mostAskedSingly)
    .flatMap(({ approvalId, ask }) =>
      approvalMessages([admin], { approvalId: approvalId as ApprovalId, ask }),
    );
  await enqueue(db, messages);
  return rows.map(({ approvalId }) => approvalId as ApprovalId);
}

async function wasDecided(
  db: Queries,
  { approvalId, ask }: Ask,
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

/** Takes the buttons away in every chat that has the question, and says who decided, and when. */
async function showEverywhere(db: Queries, ask: Ask): Promise<void> {
  await enqueue(db, approvalClosed(await adminIds(db), ask));
}
