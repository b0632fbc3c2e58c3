import { Calls } from "../kit/calls.ts";
import { Journal, type Table } from "../kit/journal.ts";
import { loopbackUrl } from "../kit/loopback.ts";
import { post } from "../kit/post.ts";
import { Snapshots } from "../kit/snapshots.ts";
import { VirtualClock } from "../kit/virtual-clock.ts";
import { type Client, Clients } from "./clients.ts";
import { Core, type LetIn } from "./core.ts";
import { Faults } from "./faults.ts";
import { type Entry, type Inbound, Inbounds } from "./inbounds.ts";
import type { Settings } from "./options.ts";
import { Panel } from "./panel.ts";
import type { RecordedCall } from "./recorded-call.ts";
import { type Counted, createJobs } from "./review.ts";
import { type Traffic, Traffics } from "./traffics.ts";
import { WriteQueue } from "./write-queue.ts";

/** Known bugs, each off until it is wanted. */
export interface Switches {
  /** A restart of the core counts once more what was counted (#5456). */
  readonly jump_on_restart: boolean;
  /** Traffic is not counted any more (#5844). */
  readonly frozen_counters: boolean;
  /** What was reset comes back at the next review (#5390). */
  readonly resets_come_back: boolean;
}

const noSwitches: Switches = {
  jump_on_restart: false,
  frozen_counters: false,
  resets_come_back: false,
};
const switchesKey = "switches";
const tokenKey = "token.deleted";
const onlineMs = 30_000;

/** One panel with its core: records, inbounds, what was used. */
export class State {
  readonly options: Settings;
  readonly clock: VirtualClock;
  readonly faults = new Faults();
  readonly calls: Calls<RecordedCall>;
  readonly clients: Clients;
  readonly inbounds: Inbounds;
  readonly traffics: Traffics;
  readonly core: Core;
  readonly panel: Panel;
  readonly writes: WriteQueue;
  readonly snapshots: Snapshots;
  readonly #journal: Journal;
  readonly #settings: Table<string>;
  readonly #counted: Table<Counted>;
  readonly #comingBack: Table<Counted>;
  readonly #stopped = new AbortController();

  /** @throws Error when the data file is damaged, or the traffic would leave this machine. */
  constructor(options: Settings) {
    this.options = options;
    if (options.trafficUrl !== undefined) loopbackUrl(options.trafficUrl);
    const journal = (this.#journal = new Journal(options.dataFile));
    const settings = (this.#settings = journal.table<string>("settings"));
    const clock = (this.clock = new VirtualClock({ now: options.now, settings }));
    const now = () => clock.now();
    this.calls = new Calls(journal.table("calls"));
    const clientRows = journal.table<Client>("clients");
    const sequence = journal.table<number>("sequence");
    const inboundRows = journal.table<Inbound>("inbounds");
    const entries = journal.table<Entry>("entries");
    const trafficRows = journal.table<Traffic>("traffics");
    const clients = (this.clients = new Clients(clientRows, sequence));
    const inbounds = (this.inbounds = new Inbounds(inboundRows, entries));
    const traffics = (this.traffics = new Traffics(trafficRows, sequence));
    const letIn = journal.table<LetIn>("letIn");
    const core = (this.core = new Core({ letIn, settings, inbounds }));
    const writes = (this.writes = new WriteQueue(options.writeMsPerClient));
    const onWrite = (rewritten: number) => writes.count(rewritten);
    const panel = (this.panel = new Panel({ clients, inbounds, traffics, core, onWrite, now }));
    const tables = { clientRows, sequence, inboundRows, entries, trafficRows };
    this.snapshots = new Snapshots(journal.table("snapshots"), tables as never);
    const counted = (this.#counted = journal.table<Counted>("counted"));
    const comingBack = (this.#comingBack = journal.table<Counted>("comingBack"));
    const onRead = (read: readonly (readonly [string, Counted])[]) => this.#postTraffic(read);
    const parts = { clients, inbounds, traffics, core, panel, counted, comingBack, onRead, now };
    for (const job of createJobs(parts)) clock.schedule(job);
    if (inboundRows.size === 0) inbounds.begin();
    clock.start(() => this.save());
  }

  get switches(): Switches {
    const kept = this.#settings.get(switchesKey);
    return kept === undefined ? noSwitches : (JSON.parse(kept) as Switches);
  }

  set switches(switches: Switches) {
    this.#settings.set(switchesKey, JSON.stringify(switches));
  }

  /** Whether the API token was deleted in the panel. */
  get isTokenDeleted(): boolean {
    return this.#settings.has(tokenKey);
  }

  set isTokenDeleted(isDeleted: boolean) {
    if (isDeleted) this.#settings.set(tokenKey, "yes");
    else this.#settings.delete(tokenKey);
  }

  /** The core counts traffic of a client, which the panel reads at its next review. */
  countTraffic(email: string, { up, down }: Counted): void {
    if (this.switches.frozen_counters) return;
    const known = this.#counted.get(email) ?? { up: 0, down: 0 };
    this.#counted.set(email, { up: known.up + up, down: known.down + down });
  }

  /** Resets what a client has used. */
  resetTraffic(email: string): void {
    const { up = 0, down = 0 } = this.traffics.find(email) ?? {};
    this.panel.resetTraffic(email);
    if (this.switches.resets_come_back) this.#comingBack.set(email, { up, down });
  }

  /** Restarts the core. */
  restartCore(): void {
    this.core.restart();
    if (!this.switches.jump_on_restart) return;
    for (const { email, up, down } of this.traffics.list()) {
      this.traffics.change(email, { up: 2 * up, down: 2 * down });
    }
  }

  isOnline(email: string): boolean {
    const { lastOnline = 0 } = this.traffics.find(email) ?? {};
    return lastOnline > 0 && this.clock.now() - lastOnline < onlineMs;
  }

  /** Puts the database back as it was; the panel's start then restarts the core. */
  restore(name: string): void {
    this.snapshots.restore(name);
    this.inbounds.reload();
    this.core.restart();
  }

  /** Forgets everything, faults and switches included; the clock stays. */
  reset(): void {
    const { faults, calls, clients, inbounds, traffics, core, snapshots } = this;
    const tables = [this.#counted, this.#comingBack];
    for (const part of [faults, calls, clients, inbounds, traffics, core, snapshots, ...tables]) {
      part.clear();
    }
    for (const key of [switchesKey, tokenKey]) this.#settings.delete(key);
    inbounds.begin();
  }

  /** Makes what changed outlive the process. */
  save(): void {
    this.#journal.flush();
  }

  /** Nothing is kept or sent after this. */
  stop(): void {
    this.clock.end();
    this.#stopped.abort();
    this.#journal.close();
  }

  /** Once, unsigned, and whether or not anybody takes it. */
  #postTraffic(read: readonly (readonly [email: string, counted: Counted])[]): void {
    const { trafficUrl: url } = this.options;
    if (url === undefined) return;
    const clientTraffics = read.map(([email, { up, down }]) => ({ email, up, down }));
    const body = JSON.stringify({ clientTraffics, inboundTraffics: [] });
    void post({ url, body }, this.#stopped.signal);
  }
}
