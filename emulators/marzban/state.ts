import type { Batches } from "../panel-kit/batches.ts";
import { secretOf } from "../panel-kit/inbounds.ts";
import { type Accounts, PanelNode } from "../panel-kit/node.ts";
import { PanelState } from "../panel-kit/panel-state.ts";
import { mayEnter, withTraffic } from "../panel-kit/user.ts";
import { Admins } from "./admins.ts";
import { Events } from "./events.ts";
import type { Settings } from "./options.ts";
import { jobsOf } from "./review.ts";
import { signLink } from "./subscription-token.ts";
import { connectionsOf, isPoisoned, viewUser, type ViewParts } from "./user-view.ts";
import { coreNameOf, type User } from "./user.ts";
import { Users } from "./users.ts";

/** One panel: its users and administrators, the core behind it, its jobs and webhooks. */
export class State extends PanelState<User> {
  readonly options: Settings;
  readonly admins: Admins;
  readonly users: Users;
  readonly node: PanelNode;
  readonly events: Events;
  readonly switches = ["names_ignore_case", "usage_frozen", "core_not_updated"];

  constructor(options: Settings) {
    super(options);
    this.options = options;
    const { clock } = this.core;
    this.admins = new Admins(this.core, options);
    this.users = new Users(this.core);
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

  /** A user as answers show them, with a link of this moment. @throws Crash for a poisoned one. */
  view(user: User): Record<string, unknown> {
    return viewUser(user, this.viewParts(user));
  }

  /** What a view needs besides the row. */
  viewParts(user: User): ViewParts {
    const { subscriptionUrlPrefix, serverAddress } = this.options;
    const token = signLink(user.username, this.core.clock.now(), this.core.secret);
    return {
      admin: user.admin === null ? undefined : this.admins.find(user.admin),
      serverAddress,
      subscriptionUrl: `${subscriptionUrlPrefix.replace(/\/+$/u, "")}/sub/${token}`,
    };
  }

  /**
   * Tells the core what a user may do now. An error of the panel while it does goes unnoticed, so
   * a poisoned user stays as they were; `add` leaves what the core has.
   */
  tellCore(kind: "add" | "set", user: User): void {
    if (isPoisoned(user)) return;
    this.node.tell({ kind, name: coreNameOf(user), accounts: this.#accountsOf(user) });
  }

  /** The same after a change. Bug #1131: what was limited is let in by a second change only. */
  tellChange(before: User, after: User): void {
    const isForgotten = before.status === "limited" && this.core.isOn("core_not_updated");
    if (!mayEnter(after)) this.tellRemoval(after);
    else if (!isForgotten) this.tellCore("set", after);
  }

  tellRemoval(user: User): void {
    this.node.tell({ kind: "remove", name: coreNameOf(user) });
  }

  /** Adds traffic to a user, and to their administrator. */
  addTraffic(user: User, bytes: number, nowMs: number): void {
    this.users.save(withTraffic(user, bytes, nowMs));
    const admin = user.admin === null ? undefined : this.admins.find(user.admin);
    if (admin) this.admins.save({ ...admin, users_usage: (admin.users_usage ?? 0) + bytes });
  }

  protected findUser(username: string): User | undefined {
    return this.users.find(username);
  }

  protected nameInCore(user: User): string {
    return coreNameOf(user);
  }

  /** The core starts from the database itself, so it lets in the poisoned, too. */
  #everybody(): ReadonlyMap<string, Accounts> {
    const users = this.users.list().filter((user) => mayEnter(user) && user.proxies.length > 0);
    return new Map(users.map((user) => [coreNameOf(user), this.#accountsOf(user)] as const));
  }

  #accountsOf(user: User): Accounts {
    const connections = connectionsOf(user, this.options.serverAddress);
    const accounts = connections.map(({ inbound, credential }) => [
      inbound.tag,
      secretOf(credential),
    ]);
    return Object.fromEntries(accounts) as Accounts;
  }
}
