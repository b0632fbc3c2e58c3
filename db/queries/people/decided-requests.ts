import { sql } from "kysely";
import { changeSince, type RejectReason } from "../../../domain/people/approval.ts";
import { displayName } from "../../../domain/people/customer.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import type { Queries } from "../../orm.ts";
import { type CustomerName, nameOf } from "./customers.ts";

/** A decision on a signup. */
export interface DecidedRequest {
  readonly ask: string;
  readonly state: "approved" | "rejected";
  readonly person: CustomerName;
  readonly at: Instant;
  /** The admin who decided. */
  readonly by: string;
  readonly reason: RejectReason | undefined;
  /** The admin who undid it; undefined: nobody. */
  readonly undoneBy: string | undefined;
  /** Whether it still stands as it was made: otherwise it cannot be undone. */
  readonly isAsDecided: boolean;
}

/** The decisions on signups, with what has become of their people since. */
export const selectDecided = (db: Queries) =>
  db
    .selectFrom("approvals as a")
    .innerJoin("customers as c", "c.id", "a.customerId")
    .leftJoin("customers as d", "d.telegramId", "a.decidedBy")
    .leftJoin("customers as u", "u.telegramId", "a.undoneBy")
    .select(["a.ask", "a.state", "a.reason", "c.telegramId", "c.firstName", "c.lastName"])
    .select((of) => of.fn.coalesce("a.decidedAt", "a.askedAt").as("at"))
    .select(["d.firstName as deciderFirst", "d.lastName as deciderLast"])
    .select(["u.firstName as undoerFirst", "u.lastName as undoerLast", "a.undoneAt"])
    .select(["c.status", hasAccess.as("hasAccess"), hasMore.as("hasMore")])
    .select(hasOtherTime.as("hasOtherTime"))
    .where("a.kind", "=", "signup")
    .where("a.state", "in", ["approved", "rejected"]);

const hasAccess = sql<boolean>`(select s.revoked_at is null from subscriptions s
  where s.customer_id = c.id and s.number is not null order by s.number limit 1) is true`;

const hasMore = sql<boolean>`(select count(*) from subscriptions s
  where s.customer_id = c.id and s.number is not null) > 1`;

/** As `refusalToUndo` finds it: all but the free time of the approval, and what an undo has taken. */
const hasOtherTime = sql<boolean>`exists (select from time_lots t
  join subscriptions s on s.id = t.subscription_id where s.customer_id = c.id
    and t.kind <> 'trial' and not (t.kind = 'refund' and starts_with(t.cause, 'undo/')))`;

type DecidedRow = Awaited<ReturnType<ReturnType<typeof selectDecided>["execute"]>>[number];

/** A row of them, for an admin. */
export const decidedOf = (row: DecidedRow): DecidedRequest => ({
  ask: row.ask,
  state: row.state === "rejected" ? "rejected" : "approved",
  person: nameOf(row),
  at: instant(row.at),
  by: adminName(row.deciderFirst, row.deciderLast),
  reason: row.reason ?? undefined,
  undoneBy: row.undoneAt === null ? undefined : adminName(row.undoerFirst, row.undoerLast),
  isAsDecided:
    changeSince({ ...row, state: row.state === "rejected" ? row.state : "approved" }) === undefined,
});

/** The name of the admin who did something; a dash where the books have none. */
export const adminName = (firstName: string | null, lastName: string | null): string =>
  displayName({ firstName: firstName ?? "—", lastName: lastName ?? undefined });
