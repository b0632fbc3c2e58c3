import { sql } from "kysely";
import type { ApprovalId, SubscriptionId, TelegramId } from "../../../domain/ids.ts";
import {
  type ApprovalAsk,
  type ApprovalSubject,
  signupApprovalId,
} from "../../../domain/people/approval.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, type Queries, queriesOf } from "../../orm.ts";
import { type CustomerName, nameOf } from "./customers.ts";
import { adminName, type DecidedRequest, decidedOf, selectDecided } from "./decided-requests.ts";

/** An approval that waits for a decision, with the question that its buttons answer. */
export interface OpenRequest {
  readonly approvalId: ApprovalId;
  readonly ask: string;
  readonly subject: ApprovalSubject;
  /** Undefined: it is about a host. */
  readonly person: CustomerName | undefined;
  readonly askedAt: Instant;
}

export const timelineKinds = [
  "joined",
  "asked",
  "approved",
  "rejected",
  "lapsed",
  "trial",
  "payment",
  "refund",
  "maintenance",
  "deviceAdded",
  "deviceRevoked",
  "extend",
  "adopt",
  "block",
  "unblock",
  "revoke",
  "undo",
] as const;
type TimelineKind = (typeof timelineKinds)[number];

/** Something that happened to a customer, for an admin to read. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: TimelineKind;
  /** A device's name, or how many days. */
  readonly detail: string;
  /** The admin who did it; empty: nobody. */
  readonly by: string;
}

/** The act by which an admin ended a customer's access. */
export interface EndOfAccess {
  readonly at: Instant;
  readonly by: string;
}

/** Views for admins. */
export class AdminQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Open requests, the longest waiting first. */
  async listOpenRequests(limit = 20): Promise<OpenRequest[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("approvals as a")
      .leftJoin("customers as c", "c.id", "a.customerId")
      .select(["a.approvalId", "a.ask", "a.subject", "a.askedAt"])
      .select(["c.telegramId", "c.firstName", "c.lastName"])
      .where("a.state", "=", "open")
      .orderBy("a.askedAt")
      .limit(limit)
      .execute();
    return rows.map(({ telegramId: id, firstName, lastName, ...row }) => ({
      ...row,
      approvalId: row.approvalId as ApprovalId,
      askedAt: instant(row.askedAt),
      person:
        id === null || firstName === null
          ? undefined
          : nameOf({ telegramId: id, firstName, lastName }),
    }));
  }

  /** The signup of this customer that waits for a decision; undefined: none does. */
  async findOpenSignup(of: TelegramId): Promise<ApprovalAsk | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("approvals")
      .select("ask")
      .where("approvalId", "=", signupApprovalId(of))
      .where("state", "=", "open")
      .executeTakeFirst();
    return row && { approvalId: signupApprovalId(of), ask: row.ask };
  }

  /** The last decisions on signups, newest first. */
  async listDecided(limit = 20): Promise<DecidedRequest[]> {
    const rows = await selectDecided(queriesOf(this.#em))
      .orderBy("a.decidedAt", "desc")
      .limit(limit)
      .execute();
    return rows.map(decidedOf);
  }

  /** The decision that answered `ask` about this person's signup; undefined: there is none. */
  async findDecided(of: TelegramId, ask: string): Promise<DecidedRequest | undefined> {
    const row = await selectDecided(queriesOf(this.#em))
      .where("a.approvalId", "=", signupApprovalId(of) as string)
      .where("a.ask", "=", ask)
      .executeTakeFirst();
    return row && decidedOf(row);
  }

  /** Who ended this subscription of a customer last, and when; undefined: no admin has. */
  async findEndOfAccess(
    of: TelegramId,
    subscription: SubscriptionId,
  ): Promise<EndOfAccess | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("audit_log as l")
      .innerJoin("customers as c", "c.id", "l.customerId")
      .leftJoin("customers as w", "w.telegramId", "l.actor")
      .select(["l.at", "w.firstName", "w.lastName"])
      .where("c.telegramId", "=", of as number)
      .where("l.act", "=", "revoke")
      // An act names the subscription where the customer had several.
      .where(sql<boolean>`coalesce(l.after ->> 'subscription', ${subscription}) = ${subscription}`)
      .orderBy("l.at", "desc")
      .limit(1)
      .executeTakeFirst();
    return row && { at: instant(row.at), by: adminName(row.firstName, row.lastName) };
  }

  /** A customer's history, newest first. */
  async readTimeline(of: TelegramId, limit = 15): Promise<TimelineEntry[]> {
    const db = queriesOf(this.#em);
    const person = await db
      .selectFrom("customers")
      .select(["id", "createdAt"])
      .where("telegramId", "=", of as number)
      .executeTakeFirst();
    if (person === undefined) return [];
    // Entries of the same moment are sorted by this order, effects first: an approval gives time,
    // time a device.
    const newest = await Promise.all(
      [listDevices, listLots, listActs, listRequests].map((read) => read(db, person.id, limit)),
    );
    const joined = { at: person.createdAt, kind: "joined", detail: "", by: "" } as const;
    return [...newest.flat(), joined]
      .toSorted((a, b) => b.at.getTime() - a.at.getTime())
      .slice(0, limit)
      .map(({ at, ...entry }) => ({ ...entry, at: instant(at) }));
  }
}

interface TimelineRow {
  readonly at: Date;
  readonly kind: TimelineKind;
  readonly detail: string;
  readonly by: string;
}

/** Signup requests and their answers. */
async function listRequests(
  db: Queries,
  customerId: string,
  limit: number,
): Promise<TimelineRow[]> {
  const rows = await db
    .selectFrom("approvals as a")
    .leftJoin("customers as w", "w.telegramId", "a.decidedBy")
    .select(["a.askedAt", "a.decidedAt", "a.state", "w.firstName"])
    .where("a.customerId", "=", customerId)
    .where("a.kind", "=", "signup")
    .orderBy("a.askedAt", "desc")
    .limit(limit)
    .execute();
  return rows.flatMap(({ askedAt, decidedAt, state, firstName }): TimelineRow[] => {
    const asked = { at: askedAt, kind: "asked", detail: "", by: "" } as const;
    if (decidedAt === null || state === "open") return [asked];
    return [asked, { at: decidedAt, kind: state, detail: "", by: firstName ?? "" }];
  });
}

async function listLots(db: Queries, customerId: string, limit: number): Promise<TimelineRow[]> {
  // A return took as much as the end has moved. Window functions over dates are clearer in SQL.
  const amount = sql<string>`case when t.kind = 'maintenance' then t.ms::text else
    trim_scale(round(case when t.kind = 'refund' then extract(epoch from
      greatest(t.paid_until, t.at) - greatest(lag(t.paid_until) over (partition by t.subscription_id order by t.seq), t.at)) / 86400
    else t.ms / 86400000.0 end, 1))::text end`;
  const rows = await db
    .selectFrom("subscriptions as s")
    .innerJoin("time_lots as t", "t.subscriptionId", "s.id")
    .select(["t.at", "t.kind", amount.as("detail")])
    .where("s.customerId", "=", customerId)
    .orderBy("t.seq", "desc")
    .limit(limit)
    .execute();
  // Days that an admin has given are an act, which says who gave them.
  return rows.flatMap(({ kind, ...row }): TimelineRow[] =>
    kind === "admin" || kind === "import" ? [] : [{ ...row, kind, by: "" }],
  );
}

async function listDevices(db: Queries, customerId: string, limit: number): Promise<TimelineRow[]> {
  const rows = await db
    .selectFrom("subscriptions as s")
    .innerJoin("devices as d", "d.subscriptionId", "s.id")
    .select(["d.createdAt", "d.revokedAt", "d.name"])
    .where("s.customerId", "=", customerId)
    .orderBy((of) => of.fn.coalesce("d.revokedAt", "d.createdAt"), "desc")
    .limit(limit)
    .execute();
  return rows.flatMap(({ createdAt, revokedAt, name }): TimelineRow[] => {
    const added = { at: createdAt, kind: "deviceAdded", detail: name, by: "" } as const;
    if (revokedAt === null) return [added];
    return [added, { at: revokedAt, kind: "deviceRevoked", detail: name, by: "" }];
  });
}

const acts = ["extend", "block", "unblock", "revoke", "undo"] as const;

async function listActs(db: Queries, customerId: string, limit: number): Promise<TimelineRow[]> {
  const rows = await db
    .selectFrom("audit_log as l")
    .leftJoin("customers as w", "w.telegramId", "l.actor")
    .select(["l.at", "l.act", "w.firstName"])
    // The act's details are JSON without a type.
    .select(sql<string>`coalesce(l.after->>'addedDays', '')`.as("detail"))
    .where("l.customerId", "=", customerId)
    .where("l.act", "in", [...acts])
    .orderBy("l.at", "desc")
    .limit(limit)
    .execute();
  return rows.flatMap(({ at, act, detail, firstName }) => {
    const kind = acts.find((known) => known === act);
    return kind === undefined ? [] : [{ at, kind, detail, by: firstName ?? "" }];
  });
}
