import {
  type DeviceId,
  deviceId,
  type HostId,
  type SubscriptionId,
  type TelegramId,
  telegramId,
} from "../../domain/ids.ts";
import { keyMessages, noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { anyId, anyOf, sql } from "../prepared.ts";
import {
  endOfGrace,
  isLetIn,
  mayBeThere,
  mayConnect,
  mustGo,
} from "../queries/access/access-rights.ts";
import { readMany, recordsOf } from "../rows.ts";

/** An access that has a host and whose peer may be there as far as the database knows. */
export interface AccessThere {
  readonly id: string;
  readonly identity: string;
  readonly address: string | null;
  readonly presharedHash: string;
  /** By the books it may be used, and it is not retired. */
  readonly letIn: boolean;
  readonly isRetired: boolean;
  /** Whether the host has it as far as the database knows. */
  readonly onHost: boolean;
  /** Whether the host was asked to add it and so may have it. */
  readonly isBegun: boolean;
}

/**
 * Rows per statement. Each statement blocks the event loop for some milliseconds, since the rows
 * arrive in many pieces.
 */
const pageRows = 12_500;

/** Accesses with the subscription and the customer that decide about them. */
const selectOwned = (db: Queries) =>
  db
    .selectFrom("accesses as a")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId");

/** All accesses of a host that may be there, for a full comparison. */
export async function listAccesses(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<AccessThere[]> {
  const found: AccessThere[] = [];
  for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
    const rows: AccessThere[] = await readMany(
      db,
      selectOwned(db)
        .select(["a.id", "a.identity", "a.address", "a.presharedHash as presharedHash"])
        .select(["a.onHost as onHost", "a.putBegun as isBegun", isLetIn(now).as("letIn")])
        .select(sql<boolean>`${sql.ref("a.retiredAt")} is not null`.as("isRetired"))
        .where("a.hostId", "=", hostId as string)
        .where("a.removedAt", "is", null)
        .where("a.id", ">", after)
        .orderBy("a.id")
        .limit(pageRows),
    );
    found.push(...rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return found;
    after = last.id;
  }
}

/** The changes that bring a host from its recorded state to the current rights. */
export interface DueChanges {
  /** Identities to remove. */
  readonly remove: readonly string[];
  /** Ids of accesses to add, the longest waiting first; without those that the host refused. */
  readonly apply: readonly string[];
}

/** Compares rights with the recorded state of a host, without asking the host. */
export async function findDueChanges(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<DueChanges> {
  const rows = await readMany(
    db,
    selectOwned(db)
      .select(["a.id", "a.identity", mustGo(now).as("goes")])
      .where("a.hostId", "=", hostId as string)
      .where("a.removedAt", "is", null)
      .where((of) =>
        of.or([
          mustGo(now),
          of.and([isLetIn(now), of("a.onHost", "=", false), of("a.refusal", "is", null)]),
        ]),
      )
      .orderBy("a.createdAt")
      .orderBy("a.id"),
  );
  return {
    remove: rows.filter(({ goes }) => goes).map(({ identity }) => identity),
    apply: rows.filter(({ goes }) => !goes).map(({ id }) => id),
  };
}

/** Identities to remove, as in `findDueChanges`: a quick check between the parts of long work. */
export async function findDueRemovals(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<string[]> {
  const rows = await readMany(
    db,
    selectOwned(db)
      .select("a.identity")
      .where("a.hostId", "=", hostId as string)
      .where("a.removedAt", "is", null)
      .where(mustGo(now))
      .orderBy("a.createdAt")
      .orderBy("a.id"),
  );
  return rows.map(({ identity }) => identity);
}

/** The next moment at which a right on this host ends without any event; undefined: never. */
export async function findNextEnd(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<Instant | undefined> {
  const { next } = await db
    .selectFrom("accesses as a")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .select((of) => of.fn.min<Date | null>(endOfGrace).as("next"))
    .where("a.hostId", "=", hostId as string)
    .where(mayBeThere)
    .where("a.removedAt", "is", null)
    .where(endOfGrace, ">", moment(now))
    .executeTakeFirstOrThrow();
  return next === null ? undefined : instant(next);
}

/** The messages that show a device's key; their text is rendered when they are sent. */
export const accessKeyMessages = (
  to: TelegramId,
  of: {
    readonly accessId: string;
    readonly deviceId: DeviceId;
    /** A request to show the key again; undefined: its first showing. */
    readonly requestId?: string;
  },
): OutgoingMessage[] =>
  keyMessages(
    to,
    of.deviceId,
    of.requestId === undefined ? of.accessId : `${of.accessId}/${of.requestId}`,
  );

/**
 * Records, before a host is asked to add these, that it may have them: we may die before
 * its answer is recorded.
 */
export async function beginPut(db: Queries, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("accesses")
    .set({ putBegun: true })
    .where("id", "=", anyId(ids))
    .where("onHost", "=", false)
    .where("putBegun", "=", false)
    .execute();
}

/** Records that the host has these, and sends the key of those that have it for the first time. */
export async function recordApplied(
  db: Queries,
  ids: readonly string[],
  now: Instant,
): Promise<void> {
  if (ids.length === 0) return;
  const rows = await db
    .with("before", (with_) =>
      with_
        .selectFrom("accesses as a")
        .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
        .innerJoin("customers as c", "c.id", "s.customerId")
        .select(["a.id", "a.deviceId as device", "c.telegramId as owner"])
        .select((of) =>
          of.and([of("a.givenAt", "is", null), of("a.retiredAt", "is", null)]).as("first"),
        )
        .where("a.id", "=", anyId(ids))
        .orderBy("a.id")
        .forUpdate("a"),
    )
    .with("written", (with_) =>
      with_
        .updateTable("accesses")
        .from("before as b")
        .set((of) => ({
          onHost: true,
          putBegun: false,
          refusal: null,
          givenAt: of.fn.coalesce("accesses.givenAt", moment(now)),
        }))
        .whereRef("accesses.id", "=", "b.id")
        .where((of) =>
          of.or([
            of("accesses.onHost", "=", false),
            of("accesses.putBegun", "=", true),
            of("accesses.refusal", "is not", null),
            of("accesses.givenAt", "is", null),
          ]),
        ),
    )
    .selectFrom("before")
    .select(["before.id", "before.device", "before.owner"])
    .where("before.first", "=", true)
    .execute();
  const messages = rows.flatMap(({ id, device, owner }) =>
    accessKeyMessages(telegramId(owner), { accessId: id, deviceId: deviceId(device) }),
  );
  await enqueue(db, messages);
}

/** Records why a host refused these, and notifies each owner once. */
export async function recordRefused(
  db: Queries,
  refused: readonly { readonly accessId: string; readonly reason: string }[],
): Promise<void> {
  if (refused.length === 0) return;
  const records = refused.map(({ accessId, reason }) => ({ id: accessId, reason }));
  const rows = await db
    .with("written", (with_) =>
      with_
        .updateTable("accesses")
        .from(recordsOf(records, "n", { id: "uuid", reason: "text" }))
        .set((of) => ({ refusal: of.ref("n.reason"), onHost: false, putBegun: false }))
        .whereRef("accesses.id", "=", "n.id")
        .where("accesses.retiredAt", "is", null)
        .where((of) =>
          of.or([
            of("accesses.refusal", "is distinct from", of.ref("n.reason")),
            of("accesses.onHost", "=", true),
            of("accesses.putBegun", "=", true),
          ]),
        )
        .returning(["accesses.id", "accesses.subscriptionId as subscription"]),
    )
    .selectFrom("written as w")
    .innerJoin("subscriptions as s", "s.id", "w.subscription")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["w.id", "c.telegramId as owner"])
    .execute();
  await enqueue(
    db,
    rows.map(({ id, owner }) =>
      noticeTo(telegramId(owner), `refused/${id}`, { kind: "hostRefused" }),
    ),
  );
}

/**
 * Records that the host does not have these, so that their counters start at 0
 * when it has them again.
 */
export async function recordGone(
  db: Queries,
  {
    hostId,
    identities,
    now,
  }: {
    readonly hostId: HostId;
    readonly identities: readonly string[];
    readonly now: Instant;
  },
): Promise<void> {
  if (identities.length === 0) return;
  await db
    .with("counters", (with_) =>
      with_
        .updateTable("traffic_counters")
        .set({ uploadedRaw: 0, downloadedRaw: 0 })
        .where("identity", "=", anyOf(identities))
        .where((of) => of.or([of("uploadedRaw", ">", 0), of("downloadedRaw", ">", 0)])),
    )
    .updateTable("accesses")
    .set((of) => ({
      onHost: false,
      putBegun: false,
      removedAt: of
        .case()
        .when("retiredAt", "is not", null)
        .then(of.fn.coalesce("removedAt", moment(now)))
        .end(),
    }))
    .where("hostId", "=", hostId as string)
    .where("identity", "=", anyOf(identities))
    .execute();
}

/**
 * Returns those of these identities that were ours or are ours elsewhere: a host restored from a
 * backup may have them.
 */
export async function findOurs(db: Queries, identities: readonly string[]): Promise<Set<string>> {
  if (identities.length === 0) return new Set();
  const rows = await readMany(
    db,
    db.selectFrom("accesses").select("identity").where("identity", "=", anyOf(identities)),
  );
  return new Set(rows.map(({ identity }) => identity));
}

/**
 * Notifies customers who wait for their first key on a host that it does not
 * answer, once per access.
 */
export async function notifyWaitingFor(db: Queries, hostId: HostId, now: Instant): Promise<void> {
  const rows = await selectOwned(db)
    .select(["a.id", "c.telegramId as owner"])
    .where("a.hostId", "=", hostId as string)
    .where("a.retiredAt", "is", null)
    .where("a.givenAt", "is", null)
    .where(mayConnect(now))
    .execute();
  await enqueue(
    db,
    rows.map(({ id, owner }) => noticeTo(telegramId(owner), `away/${id}`, { kind: "hostTrouble" })),
  );
}

/**
 * Names of the hosts on which an access of this subscription differs from the books; "" for an
 * access that no host has room for. Empty once everything is done.
 */
export async function listWaitingHosts(
  db: Queries,
  subscriptionId: SubscriptionId,
  now: Instant,
): Promise<string[]> {
  const rows = await selectOwned(db)
    .leftJoin("hosts as h", "h.id", "a.hostId")
    .select((of) => of.fn.coalesce("h.name", sql.lit("")).as("host"))
    .distinct()
    .where("a.subscriptionId", "=", subscriptionId as string)
    .where("a.removedAt", "is", null)
    .where((of) =>
      of.or([
        of.and([of("h.id", "is not", null), of("a.retiredAt", "is not", null)]),
        of
          .case()
          .when(isLetIn(now))
          .then(of.not(of.ref("a.onHost")))
          .else(mayBeThere)
          .end(),
      ]),
    )
    .orderBy("host")
    .execute();
  return rows.map(({ host }) => host);
}
