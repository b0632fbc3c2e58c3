import { HttpError } from "../kit/http.ts";
import type { Batches } from "./batches.ts";
import type { Controllable } from "./control-routes.ts";
import { type CoreOptions, PanelCore } from "./core.ts";
import type { PanelNode } from "./node.ts";
import type { PanelUser } from "./user.ts";

/** One panel: what tests and the demo do to it is the same for both. */
export abstract class PanelState<User extends PanelUser> implements Controllable {
  readonly core: PanelCore;
  readonly #nodeLagMs: number;
  abstract readonly node: PanelNode;
  abstract readonly batches: Batches;
  abstract readonly switches: readonly string[];
  abstract readonly admins: { begin(): void };
  abstract readonly users: { list(): readonly User[]; reload(): void };

  constructor(options: CoreOptions) {
    this.core = new PanelCore(options);
    this.#nodeLagMs = options.nodeLagMs;
  }

  /** The user of a name, as the panel finds them. */
  protected abstract findUser(username: string): User | undefined;

  /** The name that the core has for a user. */
  protected abstract nameInCore(user: User): string;

  /** Adds traffic to a user, and to their administrator. */
  abstract addTraffic(user: User, bytes: number, nowMs: number): void;

  listRows(): readonly User[] {
    return this.users.list();
  }

  /** @throws HttpError 404 where there is no such user. */
  requireUser(username: string): User {
    const user = this.findUser(username);
    if (user === undefined) throw new HttpError(404, `there is no user ${username}`);
    return user;
  }

  coreNameOf(username: string): string {
    return this.nameInCore(this.requireUser(username));
  }

  recordTraffic(username: string, bytes: number): void {
    this.addTraffic(this.requireUser(username), bytes, this.core.clock.now());
  }

  reload(): void {
    this.admins.begin();
    this.users.reload();
    this.node.restart();
  }

  /** A new panel, as it is installed: no users, another secret, so that no link is good. */
  reset(): void {
    this.core.clearDatabase();
    this.core.clearRest();
    this.core.nodeLagMs = this.#nodeLagMs;
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
}
