import { type HostId, type SubscriptionId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { AccessTerms } from "../../domain/access/host.ts";
import { moment } from "../expressions.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { anyOf, sql } from "../prepared.ts";
import {
  hasOther,
  isLetIn,
  isRetired,
  mayBeThere,
  mayUse,
  mustGo,
} from "../queries/access/access-rights.ts";
import { readMany } from "../rows.ts";
import { endOfRight, termsOf } from "./terms.ts";
import { hostTroubleTo } from "./waiting-notices.ts";

/** An access that has a host and whose peer may be there as far as the database knows. */
export interface AccessThere {
  readonly id: string;
  readonly identity: string;
  readonly address: string | null;
  readonly address6: string | null;
  readonly presharedHash: string;
  /** By the books it may be used, and it is not retired. */
  readonly letIn: boolean;
  readonly isRetired: boolean;
  /** Whether the host has it as far as the database knows. */
  readonly onHost: boolean;
  /** Whether the host was asked to add it and so may have it. */
  readonly isBegun: boolean;
  /** Of a host that keeps users alone. */
  readonly terms?: AccessTerms;
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

/** The accesses with their terms, for a host that keeps users. */
export async function listAccessesWithTerms(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<AccessThere[]> {
  const accesses = await listAccesses(db, hostId, now);
  const rows = await readMany(
    db,
    selectOwned(db)
      .select(["a.id", "a.limitBytes as limitBytes", "a.deviceLimit as deviceLimit"])
      .select(endOfRight.as("end"))
      .where("a.hostId", "=", hostId as string)
      .where("a.removedAt", "is", null),
  );
  const terms = new Map(rows.map((row) => [row.id, termsOf(row)]));
  return accesses.map((access) => {
    const found = terms.get(access.id);
    return found === undefined ? access : { ...access, terms: found };
  });
}

/** Those of these identities that may use this host again one day: their keys are not retired. */
export async function listUnretired(
  db: Queries,
  hostId: HostId,
  { identities, now }: { readonly identities: readonly string[]; readonly now: Instant },
): Promise<Set<string>> {
  const rows = await readMany(
    db,
    db
      .selectFrom("accesses as a")
      .select("a.identity")
      .where("a.hostId", "=", hostId as string)
      .where("a.identity", "=", anyOf(identities))
      .where((of) => of.not(isRetired(now))),
  );
  return new Set(rows.map(({ identity }) => identity));
}

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
        .select(["a.id", "a.identity", "a.address", "a.address6"])
        .select("a.presharedHash as presharedHash")
        .select(["a.onHost as onHost", "a.putBegun as isBegun", isLetIn(now).as("letIn")])
        .select(isRetired(now).as("isRetired"))
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

/** When an access ends: with its right, or because its device has moved away. */
const endOfAccess = sql<Date | null>`least(${sql.ref("a.retiredAt")}, ${endOfRight})`;

/** The next moment at which a right on this host ends without any event; undefined: never. */
export async function findNextEnd(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<Instant | undefined> {
  const { next } = await db
    .selectFrom("accesses as a")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .select((of) => of.fn.min<Date | null>(endOfAccess).as("next"))
    .where("a.hostId", "=", hostId as string)
    .where(mayBeThere)
    .where("a.removedAt", "is", null)
    .where(endOfAccess, ">", moment(now))
    .executeTakeFirstOrThrow();
  return next === null ? undefined : instant(next);
}

/**
 * Returns those of these identities that were ours or are ours elsewhere: a host restored from a
 * backup may have them.
 */
export async function findOurs(
  db: Queries,
  hostId: HostId,
  identities: readonly string[],
): Promise<Set<string>> {
  if (identities.length === 0) return new Set();
  const rows = await readMany(
    db,
    db
      .selectFrom("accesses")
      .select("identity")
      .where("identity", "=", anyOf(identities))
      // A name that others gave may be that of somebody else on another host.
      .where((of) => of.or([of("adoptedAt", "is", null), of("hostId", "=", hostId as string)])),
  );
  return new Set(rows.map(({ identity }) => identity));
}

/**
 * Notifies customers who wait for their first key on a host that it does not answer,
 * once per access.
 */
export async function notifyWaitingFor(db: Queries, hostId: HostId, now: Instant): Promise<void> {
  const rows = await selectOwned(db)
    .innerJoin("hosts as h", "h.id", "a.hostId")
    .select(["a.id", "s.id as about", "c.telegramId as owner", "h.maintenanceId"])
    .where("a.hostId", "=", hostId as string)
    .where("a.retiredAt", "is", null)
    .where("a.givenAt", "is", null)
    .where(mayUse(now))
    // Whoever moves to this host uses the one that they come from meanwhile.
    .where((of) => of.not(hasOther(now)))
    .execute();
  await enqueue(
    db,
    rows.map(({ id, about, owner, maintenanceId }) => {
      const of = { id, about: subscriptionId(about), isMaintained: maintenanceId !== null };
      return hostTroubleTo(telegramId(owner), of);
    }),
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
        of.and([of("h.id", "is not", null), isRetired(now)]),
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
