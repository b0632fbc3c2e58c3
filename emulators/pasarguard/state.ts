import type { Table } from "../kit/journal.ts";
import type { Batches } from "../panel-kit/batches.ts";
import { type Connection, secretOf } from "../panel-kit/inbounds.ts";
import { NamedRows } from "../panel-kit/named-rows.ts";
import { type Accounts, PanelNode } from "../panel-kit/node.ts";
import { PanelState } from "../panel-kit/panel-state.ts";
import { mayEnter, withTraffic } from "../panel-kit/user.ts";
import { Admins } from "./admins.ts";
import { Events } from "./events.ts";
import { Groups } from "./groups.ts";
import { type HwidSettings, hwidSettings } from "./hwid.ts";
import type { Settings } from "./options.ts";
import { jobsOf } from "./review.ts";
import { signLink } from "./subscription-token.ts";
import { connectionsOf, credentialOf, viewUser } from "./user-view.ts";
import type { User } from "./user.ts";

/** One panel: its users, groups and administrators, the node behind it, its jobs and webhooks. */
export class State extends PanelState<User> {
  readonly options: Settings;
  readonly admins: Admins;
  readonly groups: Groups;
  readonly users: NamedRows<User>;
  readonly node: PanelNode;
  readonly events: Events;
  readonly startedMs: number;
  readonly #settings: Table<unknown>;
  readonly switches = ["usage_frozen", "node_not_updated"];

  constructor(options: Settings) {
    super(options);
    this.options = options;
    this.#settings = this.core.table("panel_settings");
    const { clock } = this.core;
    this.startedMs = clock.now();
    this.admins = new Admins(this.core, options);
    this.groups = new Groups(this.core);
    this.users = new NamedRows(this.core, "users");
    this.node = new PanelNode({
      clock,
      lagMs: () => this.core.nodeLagMs,
      everybody: () => this.#everybody(),
    });
    this.node.restart();
    this.events = new Events(options, () => clock.now());
    for (const job of jobsOf(this)) clock.schedule(job);
    clock.start(() => this.save());
  }

  get batches(): Batches {
    return this.events.batches;
  }

  /** The settings of devices. */
  get hwid(): HwidSettings {
    return hwidSettings.parse(this.#settings.get("hwid") ?? {});
  }

  set hwid(settings: HwidSettings) {
    this.#settings.set("hwid", settings);
  }

  /** Whether the inbounds have hosts. */
  get hasHosts(): boolean {
    return Boolean(this.#settings.get("hosts") ?? this.options.hosts);
  }

  set hasHosts(has: boolean) {
    this.#settings.set("hosts", has);
  }

  /** A link of this moment to a user's subscription. */
  subscriptionUrlOf({ id }: User): string {
    const prefix = this.options.subscriptionUrlPrefix.replace(/\/+$/u, "");
    return `${prefix}/sub/${signLink(id, this.core.clock.now(), this.core.secret)}`;
  }

  /** A user as answers about one show them. */
  view(user: User): Record<string, unknown> {
    return viewUser(user, this.admins.find(user.adminId), this.subscriptionUrlOf(user));
  }

  /** A user as lists and webhooks show them: without a link. */
  viewListed(user: User): Record<string, unknown> {
    return viewUser(user, this.admins.find(user.adminId));
  }

  /** How a user may connect by their subscription. */
  connectionsOf(user: User): readonly Connection[] {
    const open = this.hasHosts ? this.groups.inboundsOf(user.group_ids) : [];
    return connectionsOf(user, open, this.options.serverAddress);
  }

  /** Tells the node what a user may do now; with the switch that is lost. */
  tellNode(user: User): void {
    if (this.core.isOn("node_not_updated")) return;
    const accounts = mayEnter(user) ? this.#accountsOf(user) : {};
    this.node.tell({ kind: "set", name: String(user.id), accounts });
  }

  tellRemoval({ id }: User): void {
    this.node.tell({ kind: "remove", name: String(id) });
  }

  /** Adds traffic to a user, and to their administrator. */
  addTraffic(user: User, bytes: number, nowMs: number): void {
    this.users.save(withTraffic(user, bytes, nowMs));
    const admin = this.admins.find(user.adminId);
    if (admin) this.admins.save({ ...admin, used_traffic: admin.used_traffic + bytes });
  }

  override reload(): void {
    this.groups.begin();
    super.reload();
  }

  protected findUser(username: string): User | undefined {
    return this.users.findByName(username);
  }

  protected nameInCore({ id }: User): string {
    return String(id);
  }

  #everybody(): ReadonlyMap<string, Accounts> {
    const users = this.users.list().filter(mayEnter);
    const all = users.map((user) => [String(user.id), this.#accountsOf(user)] as const);
    return new Map(all.filter(([, accounts]) => Object.keys(accounts).length > 0));
  }

  #accountsOf(user: User): Accounts {
    const open = this.groups.inboundsOf(user.group_ids);
    const accounts = open.map(({ tag, protocol }) => [tag, secretOf(credentialOf(user, protocol))]);
    return Object.fromEntries(accounts) as Accounts;
  }
}
