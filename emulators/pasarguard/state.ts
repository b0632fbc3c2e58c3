import { HttpError } from "../kit/http.ts";
import type { Table } from "../kit/journal.ts";
import type { Batches } from "../panel-kit/batches.ts";
import type { Controllable } from "../panel-kit/control-routes.ts";
import { PanelCore } from "../panel-kit/core.ts";
import { type Connection, secretOf } from "../panel-kit/inbounds.ts";
import { NamedRows } from "../panel-kit/named-rows.ts";
import { type Accounts, PanelNode } from "../panel-kit/node.ts";
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
export class State implements Controllable {
  readonly options: Settings;
  readonly core: PanelCore;
  readonly admins: Admins;
  readonly groups: Groups;
  readonly users: NamedRows<User>;
  readonly node: PanelNode;
  readonly events: Events;
  readonly startedMs: number;
  readonly #settings: Table<unknown>;
  readonly switches = ["usage_frozen", "node_not_updated"];

  constructor(options: Settings) {
    this.options = options;
    this.core = new PanelCore(options);
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

  listRows(): readonly User[] {
    return this.users.list();
  }

  /** @throws HttpError 404 where there is no such user. */
  requireUser(username: string): User {
    const user = this.users.findByName(username);
    if (user === undefined) throw new HttpError(404, `there is no user ${username}`);
    return user;
  }

  coreNameOf(username: string): string {
    return String(this.requireUser(username).id);
  }

  recordTraffic(username: string, bytes: number): void {
    this.addTraffic(this.requireUser(username), bytes, this.core.clock.now());
  }

  reload(): void {
    this.admins.begin();
    this.groups.begin();
    this.users.reload();
    this.node.restart();
  }

  /** A new panel, as it is installed: no users, another secret, so that no link is good. */
  reset(): void {
    this.core.clearDatabase();
    this.core.clearRest();
    this.core.nodeLagMs = this.options.nodeLagMs;
    this.node.setAway(false);
    this.batches.clear();
    this.reload();
  }

  save(): void {
    this.core.save();
  }

  /** Sends what waits, as the panel does at its end. Nothing is kept or sent after this. */
  async stop(): Promise<void> {
    this.core.clock.end();
    await this.batches.send(Infinity);
    this.batches.stop();
    this.core.close();
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
