import type { PanelCore } from "../panel-kit/core.ts";
import { isLike } from "../panel-kit/like.ts";
import { NamedRows } from "../panel-kit/named-rows.ts";
import type { Status } from "../panel-kit/user.ts";
import type { User } from "./user.ts";

/** What a list of users is limited to; what is undefined limits nothing. */
export interface UserFilter {
  readonly search?: string | undefined;
  readonly usernames?: readonly string[] | undefined;
  readonly statuses?: readonly Status[] | undefined;
  readonly admins?: readonly string[] | undefined;
}

/**
 * The table of users. Names differ by case, as on SQLite; the switch `names_ignore_case` makes them
 * alike, as a collation of MySQL or MariaDB does.
 */
export class Users {
  readonly #core: PanelCore;
  readonly #rows: NamedRows<User>;

  constructor(core: PanelCore) {
    this.#core = core;
    this.#rows = new NamedRows(core, "users");
  }

  find(username: string): User | undefined {
    if (!this.#core.isOn("names_ignore_case")) return this.#rows.findByName(username);
    const wanted = username.toLowerCase();
    return this.#rows.list().find((user) => user.username.toLowerCase() === wanted);
  }

  /** In the order in which they were made. */
  list(filter: UserFilter = {}): readonly User[] {
    const { search, usernames, statuses, admins } = filter;
    return this.#rows
      .list()
      .filter(
        ({ username, note, status, admin }) =>
          (search === undefined || isLike(username, search) || isLike(note, search)) &&
          (usernames?.includes(username) ?? true) &&
          (statuses?.includes(status) ?? true) &&
          (admins?.includes(admin ?? "") ?? true),
      );
  }

  save(user: User): User {
    return this.#rows.save(user);
  }

  remove(user: User): void {
    this.#rows.remove(user);
  }

  /** Reads the names anew, after the table has become another. */
  reload(): void {
    this.#rows.reload();
  }
}
