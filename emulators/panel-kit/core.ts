import { randomBytes } from "node:crypto";
import { Calls } from "../kit/calls.ts";
import { Journal, type Table } from "../kit/journal.ts";
import { type Snapshot, Snapshots } from "../kit/snapshots.ts";
import { VirtualClock } from "../kit/virtual-clock.ts";
import type { RecordedCall } from "./api-routes.ts";
import { Faults } from "./faults.ts";

/** The options that both panels have among others. */
export interface CoreOptions {
  readonly dataFile?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a change takes to reach the node, in milliseconds. */
  readonly nodeLagMs: number;
}

/** What both panels keep: a database that outlives the process, a clock, faults, the calls. */
export class PanelCore {
  readonly clock: VirtualClock;
  readonly faults = new Faults();
  readonly calls: Calls<RecordedCall>;
  readonly #journal: Journal;
  readonly #settings: Table<string>;
  readonly #switches: Table<boolean>;
  readonly #snapshots: Table<Snapshot>;
  readonly #secrets: Table<string>;
  readonly #database = new Map<string, Table<unknown>>();
  /** The last number that was given out in each table. */
  readonly #lastIds = new Map<string, number>();
  #revision = 0;

  /** @throws Error when the data file is damaged. */
  constructor({ dataFile, now, nodeLagMs }: CoreOptions) {
    this.#journal = new Journal(dataFile);
    this.#settings = this.#journal.table("settings");
    this.#switches = this.#journal.table("switches");
    this.#snapshots = this.#journal.table("snapshots");
    this.calls = new Calls(this.#journal.table("calls"));
    this.clock = new VirtualClock({ now, settings: this.#settings });
    this.#secrets = this.table("secrets");
    if (!this.#settings.has("node_lag_ms")) this.nodeLagMs = nodeLagMs;
  }

  /** A table of the panel's database, which snapshots include. */
  table<Value>(name: string): Table<Value> {
    const table = this.#journal.table<Value>(name);
    this.#database.set(name, table);
    return table;
  }

  /**
   * The next number of a table's rows, which are kept by it. As on SQLite, that of the last row is
   * free once it is deleted.
   */
  nextId(name: string): number {
    const table = this.table<{ readonly id: number }>(name);
    let last = this.#lastIds.get(name) ?? 0;
    if (!table.has(last)) {
      last = 0;
      for (const { id } of table.values()) last = Math.max(last, id);
    }
    this.#lastIds.set(name, last + 1);
    return last + 1;
  }

  /** What signs tokens and links; a panel that is built anew has another. */
  get secret(): string {
    const known = this.#secrets.get("jwt");
    if (known !== undefined) return known;
    const secret = randomBytes(32).toString("hex");
    this.#secrets.set("jwt", secret);
    return secret;
  }

  get nodeLagMs(): number {
    return Number(this.#settings.get("node_lag_ms"));
  }

  set nodeLagMs(ms: number) {
    this.#settings.set("node_lag_ms", String(ms));
  }

  /** Whether a bug, or a peculiarity of some set-ups, is switched on. */
  isOn(name: string): boolean {
    return this.#switches.get(name) ?? false;
  }

  /** Switches it on or off. */
  turn(name: string, isOn: boolean): void {
    this.#switches.set(name, isOn);
    this.touch();
  }

  /** Changes with everything that jobs may have to act on. */
  get revision(): number {
    return this.#revision;
  }

  /** Something has changed. */
  touch(): void {
    this.#revision += 1;
  }

  /** Copies of the database by name, as backups are. */
  get snapshots(): Snapshots {
    return new Snapshots(this.#snapshots, Object.fromEntries(this.#database) as never);
  }

  /** Puts the database back to a snapshot. @throws HttpError 404 where there is none. */
  restore(name: string): void {
    this.snapshots.restore(name);
    this.#lastIds.clear();
  }

  /** Empties the database. */
  clearDatabase(): void {
    this.#lastIds.clear();
    for (const table of this.#database.values()) table.clear();
  }

  /** Forgets what the database does not have: faults, calls, switches, snapshots. */
  clearRest(): void {
    this.faults.clear();
    this.calls.clear();
    for (const table of [this.#switches, this.#snapshots]) table.clear();
  }

  /** Makes everything changed so far outlive the process. */
  save(): void {
    this.#journal.flush();
  }

  /** What changes after this is not kept. */
  close(): void {
    this.#journal.close();
  }
}
