import type { Table } from "../kit/journal.ts";

/** Whether, and why not, a user may connect, as the database has it. */
export type Status = "ACTIVE" | "DISABLED" | "LIMITED" | "EXPIRED";

/** When the used traffic of a user returns to zero. */
export type ResetPeriod = "NO_RESET" | "DAY" | "WEEK" | "MONTH" | "MONTH_ROLLING";

/** A user as the database has it. Times are milliseconds since 1970, amounts bytes. */
export interface User {
  readonly id: number;
  /** What users are found by in 2.x. */
  readonly uuid: string;
  readonly shortUuid: string;
  readonly username: string;
  readonly status: Status;
  readonly trafficLimitBytes: number;
  readonly trafficLimitStrategy: ResetPeriod;
  readonly expireAt: number;
  readonly telegramId: number | null;
  readonly email: string | null;
  readonly description: string | null;
  readonly tag: string | null;
  readonly hwidDeviceLimit: number | null;
  readonly externalSquadUuid: string | null;
  readonly trojanPassword: string;
  readonly vlessUuid: string;
  readonly ssPassword: string;
  readonly lastTriggeredThreshold: number;
  readonly subRevokedAt: number | null;
  readonly lastTrafficResetAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The internal squads, by uuid. */
  readonly squads: readonly string[];
  readonly used: number;
  readonly lifetime: number;
  readonly onlineAt: number | null;
  readonly firstConnectedAt: number | null;
  readonly lastConnectedNodeUuid: string | null;
}

/** What a user may be found by. */
export interface UserKey {
  readonly id?: number | undefined;
  readonly uuid?: string | undefined;
  readonly username?: string | undefined;
  readonly shortUuid?: string | undefined;
}

/** The table of users. Names are compared with their case. */
export class Users {
  readonly #rows: Table<User>;
  readonly #sequence: Table<number>;
  #index: Map<string, User> | undefined;

  /** `sequence` keeps the last id that was drawn. */
  constructor(rows: Table<User>, sequence: Table<number>) {
    this.#rows = rows;
    this.#sequence = sequence;
  }

  /** The id of the next user. A creation that fails afterwards has used it up. */
  drawId(): number {
    const id = (this.#sequence.get("users") ?? 0) + 1;
    this.#sequence.set("users", id);
    return id;
  }

  /** By the first of id, uuid, name and short uuid that is given. */
  find({ id, uuid, username, shortUuid }: UserKey): User | undefined {
    if (id !== undefined) return this.#rows.get(id);
    const index = this.#indexed();
    if (uuid !== undefined) return index.get(`uuid ${uuid}`);
    if (username !== undefined) return index.get(`name ${username}`);
    return shortUuid === undefined ? undefined : index.get(`short ${shortUuid}`);
  }

  /** Adds a user, or replaces the one of this id. */
  put(user: User): User {
    const index = this.#indexed();
    const before = this.#rows.get(user.id);
    for (const key of before === undefined ? [] : keysOf(before)) index.delete(key);
    for (const key of keysOf(user)) index.set(key, user);
    this.#rows.set(user.id, user);
    return user;
  }

  /** Changes a user's fields. */
  change(user: User, changes: Partial<User>): User {
    return this.put({ ...user, ...changes });
  }

  delete(user: User): void {
    for (const key of keysOf(user)) this.#indexed().delete(key);
    this.#rows.delete(user.id);
  }

  /** All users, by ascending id. */
  list(): User[] {
    return [...this.#rows.values()].toSorted((one, other) => one.id - other.id);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The table was replaced. */
  reload(): void {
    this.#index = undefined;
  }

  clear(): void {
    this.#rows.clear();
    this.#sequence.clear();
    this.reload();
  }

  #indexed(): Map<string, User> {
    this.#index ??= new Map(
      [...this.#rows.values()].flatMap((user) => keysOf(user).map((key) => [key, user] as const)),
    );
    return this.#index;
  }
}

const keysOf = ({ uuid, username, shortUuid }: User): string[] => [
  `uuid ${uuid}`,
  `name ${username}`,
  `short ${shortUuid}`,
];
