import type { Calls } from "../kit/calls.ts";
import { GatewayStore } from "../kit/gateway-store.ts";
import type { Table } from "../kit/journal.ts";
import { Snapshots } from "../kit/snapshots.ts";
import { VirtualClock } from "../kit/virtual-clock.ts";
import { type Device, Devices, type HwidSettings, wireDevice } from "./devices.ts";
import type { DeviceEvent, UserEvent } from "./events.ts";
import { Faults } from "./faults.ts";
import { createJobs, type QueuedTask, runQueue } from "./jobs.ts";
import { type LetIn, Node, type NodeOrder } from "./node.ts";
import type { Settings } from "./options.ts";
import { Panel } from "./panel.ts";
import type { RecordedCall } from "./recorded-call.ts";
import { Refusal } from "./refusal.ts";
import { bulkFields } from "./schemas.ts";
import { type Squad, Squads } from "./squads.ts";
import { Tokens } from "./tokens.ts";
import { type User, Users } from "./users.ts";
import { Webhook } from "./webhook.ts";
import { wireUser } from "./wire.ts";

const hwidKey = "hwid";
const createdKey = "createdAt";

/** One panel with its node: what its database has, what the node does, its webhook. */
export class State {
  readonly options: Settings;
  readonly store: GatewayStore<RecordedCall>;
  readonly clock: VirtualClock;
  readonly faults = new Faults();
  readonly calls: Calls<RecordedCall>;
  readonly users: Users;
  readonly squads: Squads;
  readonly node: Node;
  readonly panel: Panel;
  readonly devices: Devices;
  readonly metadata: Table<Record<string, unknown>>;
  /** Bytes that the node has counted and the panel has not read, by the user's id. */
  readonly usage: Table<number>;
  readonly tokens: Tokens;
  readonly snapshots: Snapshots;
  readonly webhook: Webhook;
  readonly #tasks: Table<QueuedTask>;
  #lastTask: number;

  constructor(options: Settings) {
    this.options = options;
    const store = (this.store = new GatewayStore({ ...options, now: () => this.clock.now() }));
    const { settings } = store;
    const clock = (this.clock = new VirtualClock({ now: options.now, settings }));
    const now = () => clock.now();
    this.calls = store.calls;
    const rows = store.table<User>("users");
    const sequence = store.table<number>("sequence");
    this.users = new Users(rows, sequence);
    const squadRows = store.table<Squad>("squads");
    this.squads = new Squads(squadRows, now);
    const { users, squads } = this;
    this.node = new Node({
      letIn: store.table<LetIn>("letIn"),
      orders: store.table<NodeOrder>("orders"),
      settings,
      squads,
      users: () => users.list(),
      now,
      lagMs: options.nodeLagMs,
    });
    this.metadata = store.table("metadata");
    this.usage = store.table("usage");
    const announce = (event: UserEvent, user: User) => this.#announce(event, user);
    const forget = (user: User) => this.#forget(user);
    this.panel = new Panel({ users, squads, node: this.node, announce, forget, now });
    const deviceRows = store.table<Device>("devices");
    this.devices = new Devices({
      rows: deviceRows,
      settings: () => this.hwidSettings,
      announce: (event, user, device) => this.#announceDevice(event, user, device),
      now,
    });
    this.tokens = new Tokens({ settings, options, now });
    const tables = { rows, sequence, squadRows, deviceRows, metadata: this.metadata };
    this.snapshots = new Snapshots(store.table("snapshots"), tables as never);
    this.#tasks = store.table<QueuedTask>("tasks");
    this.#lastTask = Math.max(0, ...[...this.#tasks.entries()].map(([key]) => Number(key)));
    this.webhook = new Webhook({ store, faults: this.faults, settings: options, now });
    store.beginOnce(() => this.#begin());
    const { node, usage } = this;
    const { restartNodesAt, ignoreUsageBelow } = options;
    const parts = { users, node, usage, announce, now, restartNodesAt, ignoreUsageBelow };
    for (const job of createJobs(parts)) clock.schedule(job);
    clock.schedule(runQueue(this.#tasks, now, (task) => this.#carryOut(task)));
    clock.start(() => this.save());
  }

  /** Milliseconds since 1970. */
  get createdAt(): number {
    return Number(this.store.settings.get(createdKey));
  }

  /** Whether devices are counted: as the options say until a control changes it. */
  get hwidSettings(): HwidSettings {
    const { hwidEnabled: enabled, hwidFallbackLimit: fallbackLimit } = this.options;
    const kept = this.store.settings.get(hwidKey);
    return kept === undefined ? { enabled, fallbackLimit } : (JSON.parse(kept) as HwidSettings);
  }

  set hwidSettings(hwid: HwidSettings) {
    this.store.settings.set(hwidKey, JSON.stringify(hwid));
  }

  /** A user as the API shows it. */
  wire(user: User): ReturnType<typeof wireUser> {
    const { version, subDomain } = this.options;
    return wireUser(user, { version, subDomain, squads: this.squads });
  }

  /** Leaves a task for later. */
  enqueue(task: Omit<QueuedTask, "dueAt">): void {
    this.#lastTask += 1;
    const dueAt = this.clock.now() + this.options.queueLagMs;
    this.#tasks.set(this.#lastTask, { ...task, dueAt });
  }

  /** The node counts traffic of a user, which the panel reads later. */
  countTraffic({ id }: User, bytes: number): void {
    this.usage.set(id, (this.usage.get(id) ?? 0) + bytes);
  }

  /** Puts the database back as it was; the panel's start then restarts the node. */
  restore(name: string): void {
    this.snapshots.restore(name);
    this.users.reload();
    this.node.restart();
  }

  /** Forgets everything, faults included; the webhook's URL and the clock stay. */
  reset(): void {
    const { faults, calls, users, squads, node, devices, metadata, usage, snapshots } = this;
    this.webhook.deliveries.clear();
    const parts = [faults, calls, users, squads, node, devices, metadata, usage, snapshots];
    for (const part of [...parts, this.#tasks, this.tokens]) part.clear();
    this.store.settings.delete(hwidKey);
    this.#begin();
  }

  /** Makes what changed outlive the process. */
  save(): void {
    this.store.save();
  }

  /** Nothing is kept or sent after this. */
  stop(): void {
    this.clock.end();
    this.webhook.deliveries.stop();
    this.store.close();
  }

  #begin(): void {
    this.store.settings.set(createdKey, String(this.clock.now()));
    this.squads.begin();
  }

  #forget(user: User): void {
    this.devices.deleteAll(user);
    this.metadata.delete(user.id);
    this.usage.delete(user.id);
  }

  #carryOut({ kind, userId: id, fields }: QueuedTask): void {
    try {
      if (kind === "reset-traffic") this.panel.resetTraffic({ id });
      if (kind === "revoke") this.panel.revoke({ id });
      if (kind !== "update") return;
      // Whether its expiry is past was judged when it was asked for.
      const { status, ...rest } = bulkFields(() => -Infinity).parse(fields);
      const isSettable = status === "ACTIVE" || status === "DISABLED";
      this.panel.update({ id }, { ...rest, ...(isSettable ? { status } : {}) });
    } catch (error) {
      // What a queue cannot do is lost.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #announce(event: UserEvent, user: User): void {
    this.webhook.announce(event, user.username, this.wire(user));
  }

  #announceDevice(event: DeviceEvent, user: User, device: Device): void {
    const hwidUserDevice = wireDevice(device, user, this.options.version);
    this.webhook.announce(event, user.username, { user: this.wire(user), hwidUserDevice });
  }
}
