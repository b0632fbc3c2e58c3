import {
  batchesOf,
  type HostMigrationKind,
  type HostMigrationRef,
  type HostMigrationStep,
  migrationOverlapMs,
  mostAtOnce,
} from "../../domain/access/host-migration.ts";
import { type DeviceId, deviceId, type HostId, hostId } from "../../domain/ids.ts";
import { addMs, type Instant, instant, toMs } from "../../domain/time.ts";
import { countAll } from "../expressions.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { anyId } from "../prepared.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { moveAccesses, type MovePorts, type MoveResult } from "./moves.ts";
import { takeBackMoves } from "./moving-accesses.ts";

/** A migration that is about to begin. */
export interface NewHostMigration {
  readonly id: string;
  readonly hostId: HostId;
  readonly to?: HostId | undefined;
  readonly kind: HostMigrationKind;
  readonly ratePerMinute: number;
  readonly now: Instant;
}

/** Writes a migration that begins now. */
export async function insertMigration(db: Queries, migration: NewHostMigration): Promise<void> {
  const { id, kind, ratePerMinute, now } = migration;
  const at = new Date(now);
  await db
    .insertInto("host_migrations")
    .values({
      id,
      hostId: migration.hostId,
      toHostId: migration.to ?? null,
      kind,
      ratePerMinute,
      state: "running",
      nextBatchAt: at,
      startedAt: at,
    })
    .execute();
}

/** Locks the migration of a host that goes on, before anything else of it; undefined: none does. */
export const lockRunning = (db: Queries, of: HostId) =>
  db
    .selectFrom("host_migrations")
    .select(["id", "kind", "state"])
    .where("hostId", "=", of as string)
    .where("endedAt", "is", null)
    .forUpdate()
    .executeTakeFirst();

/** Ends a migration, or makes it take back what it has not finished. */
export async function setMigrationState(
  db: Queries,
  id: string,
  { state, now }: { readonly state: "aborting" | "done" | "aborted"; readonly now: Instant },
): Promise<void> {
  const endedAt = state === "aborting" ? null : new Date(now);
  await db.updateTable("host_migrations").set({ state, endedAt }).where("id", "=", id).execute();
}

/** Migrations of hosts, step by step. */
export class HostMigrations {
  readonly #em: EntityManager;
  readonly #ports: MovePorts;

  constructor(em: EntityManager, ports: MovePorts) {
    this.#em = em;
    this.#ports = ports;
  }

  /**
   * Moves the next devices of a host, those with the latest paid end first, or takes back what an
   * aborted migration has not finished. It may run twice: no more devices are moved than the rate
   * allows, since the books say when the next ones are due.
   */
  takeStep({ migrationId, host }: HostMigrationRef, now: Instant): Promise<HostMigrationStep> {
    return inTransaction(this.#em, async (db) => {
      const row = await lockMigration(db, migrationId);
      const step = new MigrationStep(db, this.#ports, { row, host, now });
      if (row.state === "done" || row.state === "aborted") return step.ended(row.state);
      return row.state === "aborting" ? step.takeBack() : step.move();
    });
  }
}

/** @throws Error when the migration does not exist. */
const lockMigration = (db: Queries, id: string) =>
  db
    .selectFrom("host_migrations")
    .select(["id", "hostId", "toHostId", "kind", "ratePerMinute", "state", "nextBatchAt"])
    .select("waitingSince")
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirstOrThrow();

interface StepContext {
  readonly row: Awaited<ReturnType<typeof lockMigration>>;
  readonly host: string;
  readonly now: Instant;
}

/** How often devices that find no room are passed over in one step, for others that may find some. */
const mostPages = 50;

/** One step in its transaction. */
class MigrationStep {
  readonly #db: Queries;
  readonly #ports: MovePorts;
  readonly #context: StepContext;

  constructor(db: Queries, ports: MovePorts, context: StepContext) {
    this.#db = db;
    this.#ports = ports;
    this.#context = context;
  }

  async move(): Promise<HostMigrationStep> {
    const { row, now } = this.#context;
    const isLost = row.kind === "lost";
    if (!isLost && toMs(instant(row.nextBatchAt)) > toMs(now)) {
      return this.#moving(instant(row.nextBatchAt));
    }
    const { size, everyMs } = isLost
      ? { size: mostAtOnce, everyMs: 0 }
      : batchesOf(row.ratePerMinute);
    const { isStuck, hasNone } = await this.#moveUpTo(size);
    if (hasNone) return this.#end();
    const next = addMs(now, everyMs);
    await this.#write({
      nextBatchAt: new Date(next),
      waitingSince: isStuck ? (row.waitingSince ?? new Date(now)) : null,
    });
    return isStuck ? this.#wait() : this.#moving(next);
  }

  /**
   * Moves up to so many devices. One that finds no room where it may be does not keep others from
   * moving that may be elsewhere. `isStuck`: all that are left have found none.
   */
  async #moveUpTo(size: number): Promise<{ readonly isStuck: boolean; readonly hasNone: boolean }> {
    const stuck: DeviceId[] = [];
    let moved = 0;
    for (let page = 0; page < mostPages && moved < size; page += 1) {
      const devices = await this.#listNext(size - moved, stuck);
      if (devices.length === 0) break;
      const results = await this.#moveAll(devices);
      for (const id of devices) {
        const kind = results.get(id)?.kind;
        if (kind === "moved" || kind === "waits") moved += 1;
        else stuck.push(id);
      }
    }
    return {
      isStuck: moved < size && stuck.length > 0,
      hasNone: moved === 0 && stuck.length === 0,
    };
  }

  #moveAll(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, MoveResult>> {
    const { row, now } = this.#context;
    const isLost = row.kind === "lost";
    return moveAccesses(this.#db, this.#ports, {
      deviceIds,
      to: row.toHostId === null ? undefined : [hostId(row.toHostId)],
      overlapMs: isLost ? 0 : migrationOverlapMs,
      cause: isLost ? "lost" : "migration",
      requestId: row.id,
      migrationId: row.id,
      now,
    });
  }

  /** Takes back moves that have not reached their new host; those that have are finished. */
  async takeBack(): Promise<HostMigrationStep> {
    const { row, now } = this.#context;
    const taken = await takeBackMoves(this.#db, await this.#listUnfinished(), now);
    if (taken.length > 0) return this.#moving(now);
    await setMigrationState(this.#db, row.id, { state: "aborted", now });
    return this.ended("aborted");
  }

  async ended(state: "done" | "aborted"): Promise<HostMigrationStep> {
    return { kind: "ended", state, moved: await this.#countMoved() };
  }

  async #end(): Promise<HostMigrationStep> {
    const { row, host, now } = this.#context;
    await setMigrationState(this.#db, row.id, { state: "done", now });
    const moved = await this.#countMoved();
    const kind = row.kind === "lost" ? "hostLost" : "hostEmptied";
    await notifyAdmins(this.#db, `migration-done/${row.id}`, { kind, host, moved });
    return this.ended("done");
  }

  async #wait(): Promise<HostMigrationStep> {
    const { row, host } = this.#context;
    const left = await this.#countLeft();
    // Once, however often there is room and then none again.
    await notifyAdmins(this.#db, `migration-waits/${row.id}`, {
      kind: "hostMigrationWaits",
      host,
      left,
    });
    return { kind: "waits", moved: await this.#countMoved(), left };
  }

  async #moving(next: Instant): Promise<HostMigrationStep> {
    const moved = await this.#countMoved();
    const left = await this.#countLeft();
    return { kind: "moving", moved, left, next };
  }

  async #write(set: { readonly nextBatchAt: Date; readonly waitingSince: Date | null }) {
    const { id } = this.#context.row;
    await this.#db.updateTable("host_migrations").set(set).where("id", "=", id).execute();
  }

  async #listNext(size: number, without: readonly DeviceId[]): Promise<DeviceId[]> {
    const rows = await this.#db
      .selectFrom("accesses as a")
      .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
      .select("a.deviceId")
      .where("a.hostId", "=", this.#context.row.hostId)
      .where("a.removedAt", "is", null)
      .where("a.retiredAt", "is", null)
      .where((of) => of.not(of("a.deviceId", "=", anyId(without))))
      .orderBy("s.paidUntil", (order) => order.desc().nullsLast())
      .orderBy("a.id")
      .limit(size)
      .execute();
    return rows.map(({ deviceId: id }) => deviceId(id));
  }

  async #listUnfinished(): Promise<DeviceId[]> {
    const rows = await this.#db
      .selectFrom("accesses")
      .select("deviceId")
      .where("migrationId", "=", this.#context.row.id)
      .where("givenAt", "is", null)
      .where("retiredAt", "is", null)
      .orderBy("id")
      .execute();
    return rows.map(({ deviceId: id }) => deviceId(id));
  }

  async #countMoved(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("accesses")
      .select(countAll.as("count"))
      .where("migrationId", "=", this.#context.row.id)
      .executeTakeFirstOrThrow();
    return count;
  }

  async #countLeft(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("accesses")
      .select(countAll.as("count"))
      .where("hostId", "=", this.#context.row.hostId)
      .where("removedAt", "is", null)
      .where("retiredAt", "is", null)
      .executeTakeFirstOrThrow();
    return count;
  }
}
