import { isDeepStrictEqual } from "node:util";
import { v7 } from "uuid";
import {
  changedIdentity,
  type HostChange,
  type HostChangeRequest,
  type HostChangeResult,
  needsSecret,
  patchSettings,
  runsNewCommand,
  type SettingsFields,
} from "../../domain/access/host-change.ts";
import { type HostId, hostId } from "../../domain/ids.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import type { Instant } from "../../domain/time.ts";
import { lockByName } from "../advisory-lock.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { isAllowed } from "../people/customers.ts";
import type { SealedBoxes } from "../sealed-box.ts";
import type { Vault } from "../vault.ts";
import { giveSecondAddresses } from "./free-places.ts";
import { abortMigration, beginMigration, loseHost } from "./host-departures.ts";
import {
  findBooked,
  type HostBooking,
  type RefusedHostChange,
  refuse,
  writeHostAudit,
} from "./host-booking.ts";
import { beginGiveBack, changeMaintenance, closeMaintenance } from "./host-maintenances.ts";
import { lockRunning } from "./host-migrations.ts";
import {
  askForComparison,
  type EnteredSettings,
  hostsLock,
  openSettings,
  settingsColumns,
} from "./hosts.ts";
import { countAccesses, locateHost } from "./host-rows.ts";
import { lockPlaces } from "./placement.ts";

/** Settings that their kind has checked, or where they are wrong: places, never values. */
export type CheckedSettings =
  | { readonly settings: EnteredSettings; readonly warnings: readonly string[] }
  | { readonly problems: readonly string[] };

/** What changes of hosts need beside the database. */
export interface ConfiguredHostsPorts {
  readonly vault: Vault;
  readonly boxes: SealedBoxes;
  /** Checks settings of any kind. */
  readonly check: (settings: unknown) => CheckedSettings;
}

type HostRow = NonNullable<Awaited<ReturnType<typeof findRow>>>;
type Changing<Kind extends HostChange["kind"]> = Extract<HostChange, { kind: Kind }>;

/** What admins and the operator change of hosts. */
export class ConfiguredHosts {
  readonly #em: EntityManager;
  readonly #ports: ConfiguredHostsPorts;
  constructor(em: EntityManager, ports: ConfiguredHostsPorts) {
    this.#em = em;
    this.#ports = ports;
  }

  /** Books a change with its audit row, in one transaction and once per request. */
  changeOnce(request: HostChangeRequest, now: Instant): Promise<HostChangeResult> {
    return inTransaction(this.#em, async (db) => {
      await lockByName(db, hostsLock);
      const before = await findBooked(db, request.requestId);
      if (before !== undefined) return before;
      if (request.by !== operator && !(await isAllowed(db, request.by, "changeShop")))
        return refuse("notAdmin");
      const booking = new Booking(db, this.#ports, { request, now });
      const { change } = request;
      if (change.kind === "add") return booking.add(change);
      const booked = { db, request, now };
      if (change.kind === "giveBack") return beginGiveBack(booked, change);
      const running = await lockRunning(db, change.hostId);
      // Nobody is placed on a host while it is looked at.
      await lockPlaces(db);
      const row = await findRow(db, change.hostId);
      if (row === undefined) return refuse("noHost");
      if (change.kind === "edit") return booking.edit(row, change);
      const host = { ...row, running };
      if (change.kind === "beginMaintenance" || change.kind === "endMaintenance")
        return changeMaintenance(booked, row, change);
      if (change.kind === "migrate") return beginMigration(booked, host, change);
      if (change.kind === "abortMigration") return abortMigration(booked, host);
      if (change.kind === "lose") return loseHost(booked, this.#ports.vault, host);
      if (running !== undefined && change.kind !== "drain") return refuse("migrating");
      return booking.setState(row, { ...change, kind: change.kind });
    });
  }
}

const columns = [
  ...(["id", "name", "capacity", "weight", "state", "locationId"] as const),
  ...(["maintenanceId", "settingsEncrypted"] as const),
];

/** Undefined: it does not exist, or is removed. */
const findRow = (db: Queries, id: HostId) =>
  db
    .selectFrom("hosts")
    .select(columns)
    .where("id", "=", id as string)
    .where("state", "!=", "closed")
    .forUpdate()
    .executeTakeFirst();

/** One request in its transaction. */
class Booking {
  readonly #db: Queries;
  readonly #ports: ConfiguredHostsPorts;
  readonly #request: HostChangeRequest;
  readonly #booking: HostBooking;

  constructor(
    db: Queries,
    ports: ConfiguredHostsPorts,
    { request, now }: { readonly request: HostChangeRequest; readonly now: Instant },
  ) {
    this.#db = db;
    this.#ports = ports;
    this.#request = request;
    this.#booking = { db, request, now };
  }

  async add({ name, capacity, weight, settings: box }: Changing<"add">): Promise<HostChangeResult> {
    const given = this.#open(box);
    if (given === undefined) return refuse("unreadable");
    const checked = this.#ports.check(given);
    if ("problems" in checked) return refuse("badValue", { problems: checked.problems });
    const { settings, warnings } = checked;
    const query = this.#db.selectFrom("hosts").select(columns).where("name", "=", name);
    const known = await query.executeTakeFirst();
    if (known !== undefined && known.state !== "closed") {
      const isSame = known.capacity === capacity && known.weight === weight;
      return isSame && isDeepStrictEqual(this.#stored(known), plain(settings))
        ? { kind: "same", hostId: hostId(known.id) }
        : refuse("nameTaken");
    }
    if (runsNewCommand({}, plain(settings))) return refuse("localCommand");
    const id = hostId(known?.id ?? v7());
    await writeHostAudit(
      this.#booking,
      {},
      { host: name, hostId: id, capacity, weight, kind: settings.kind },
    );
    const sealed = settingsColumns(this.#ports.vault, name, settings);
    const row = { capacity, weight, state: "open" as const, ...sealed };
    // A host that was removed comes back under its name, and has lost all that it had.
    const anew = {
      ...row,
      locationId: null,
      epoch: null,
      awaySince: null,
      trouble: null,
      removalsAllowed: 0,
    };
    await this.#db
      .insertInto("hosts")
      .values({ id, name, ...row })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(anew))
      .execute();
    await askForComparison(this.#db, id);
    return { kind: "changed", hostId: id, warnings };
  }

  async edit(row: HostRow, change: Changing<"edit">): Promise<HostChangeResult> {
    const { capacity = row.capacity, weight = row.weight } = change;
    const id = hostId(row.id);
    const located = await locateHost(this.#db, row, change.location);
    if (located === undefined) return refuse("noLocation");
    const before = this.#stored(row);
    let after: SettingsFields = before;
    let warnings: readonly string[] = [];
    let sealed = {};
    if (change.settings !== undefined) {
      const patch = this.#open(change.settings);
      if (patch === undefined) return refuse("unreadable");
      const wanted = change.isWhole ? patch : patchSettings(before, patch);
      const checked = this.#ports.check(wanted);
      if ("problems" in checked) return refuse("badValue", { problems: checked.problems });
      after = plain(checked.settings);
      const objection = await this.#objectTo({ id, before, patch, after });
      if (objection !== undefined) return objection;
      ({ warnings } = checked);
      sealed = settingsColumns(this.#ports.vault, row.name, checked.settings);
    }
    const isPlaced = located.locationId === row.locationId;
    const isSame = isPlaced && capacity === row.capacity && weight === row.weight;
    if (isSame && isDeepStrictEqual(before, after)) return { kind: "same", hostId: id };
    const fields = Object.keys({ ...before, ...after });
    const changed = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
    const was = { host: row.name, capacity: row.capacity, weight: row.weight };
    const moved = isPlaced ? {} : { location: change.location };
    const now = { ...was, hostId: id, capacity, weight, changed, ...moved };
    await writeHostAudit(this.#booking, was, now);
    await this.#db
      .updateTable("hosts")
      .set({ capacity, weight, ...located, ...sealed })
      .where("id", "=", row.id)
      .execute();
    const { network, network6 } = after;
    if (before["network6"] === undefined && network6 !== undefined) {
      const pool = { network: network as string, network6: network6 as string };
      await giveSecondAddresses(this.#db, { id: row.id, ...pool });
    }
    await askForComparison(this.#db, id);
    return { kind: "changed", hostId: id, warnings };
  }

  /** Why these settings are refused although they are valid. */
  async #objectTo({
    id,
    before,
    patch,
    after,
  }: {
    readonly id: HostId;
    readonly before: SettingsFields;
    readonly patch: SettingsFields;
    readonly after: SettingsFields;
  }): Promise<RefusedHostChange | undefined> {
    if (needsSecret(before, patch, after)) return refuse("secretNeeded");
    if (runsNewCommand(before, after)) return refuse("localCommand");
    const field = changedIdentity(before, after);
    if (field === undefined) return undefined;
    const accesses = await countAccesses(this.#db, id);
    if (accesses === 0) return undefined;
    return refuse("identityChanged", { problems: [field], accesses });
  }

  async setState(
    row: HostRow,
    { kind }: { readonly kind: "drain" | "resume" | "remove" },
  ): Promise<HostChangeResult> {
    const id = hostId(row.id);
    const state = kind === "drain" ? "draining" : kind === "resume" ? "open" : "closed";
    if (state === row.state) return { kind: "same", hostId: id };
    const accesses = state === "closed" ? await countAccesses(this.#db, id) : 0;
    if (accesses > 0) return refuse("hasAccesses", { accesses });
    await writeHostAudit(
      this.#booking,
      { host: row.name, state: row.state },
      { host: row.name, hostId: id, state },
    );
    const { vault } = this.#ports;
    // What a removed host's secrets open may still be in use elsewhere: they are not kept.
    const forgotten =
      state === "closed"
        ? {
            settingsEncrypted: vault.seal("{}", `host/${row.name}`),
            awaySince: null,
            trouble: null,
          }
        : {};
    await this.#db
      .updateTable("hosts")
      .set({ state, ...forgotten })
      .where("id", "=", row.id)
      .execute();
    if (state === "closed") await closeMaintenance(this.#db, row, this.#booking.now);
    await askForComparison(this.#db, id);
    return { kind: "changed", hostId: id, warnings: [] };
  }

  /** Undefined: it was not sealed for this request with a key of ours, or is not an object. */
  #open(box: string): SettingsFields | undefined {
    const text = this.#ports.boxes.open(box, this.#request.requestId);
    if (text === undefined) return undefined;
    try {
      const given: unknown = JSON.parse(text);
      return typeof given === "object" && given !== null ? (given as SettingsFields) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Empty where they cannot be opened: then a change of them has to bring them whole. */
  #stored({ name, settingsEncrypted }: HostRow): SettingsFields {
    try {
      return openSettings(this.#ports.vault, name, settingsEncrypted) as SettingsFields;
    } catch {
      return {};
    }
  }
}

/** As it comes out of the database again. */
const plain = (settings: EnteredSettings): SettingsFields =>
  JSON.parse(JSON.stringify(settings)) as SettingsFields;
