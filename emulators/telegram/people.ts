import type { Table } from "../kit/journal.ts";
import type { Chat, User } from "./bot-api.ts";

/** A person who uses the emulated Telegram. */
export interface Person {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string | undefined;
  readonly username?: string | undefined;
  readonly language_code: string;
  /** The person pressed Start: from then on the bot may write. */
  readonly started: boolean;
  /** The person blocked the bot. */
  readonly blocked: boolean;
}

/** The accounts of this Telegram. An account exists once the person has done something. */
export class People {
  readonly #rows: Table<Person>;

  constructor(rows: Table<Person>) {
    this.#rows = rows;
  }

  find(id: number): Person | undefined {
    return this.#rows.get(id);
  }

  /** The person, or a fresh profile before first use. */
  get(id: number): Person {
    const fresh = { id, first_name: `Person ${id}`, language_code: "en" };
    return this.#rows.get(id) ?? { ...fresh, started: false, blocked: false };
  }

  change(id: number, change: Partial<Omit<Person, "id">>): Person {
    const person = { ...this.get(id), ...change };
    this.#rows.set(id, person);
    return person;
  }

  list(): Person[] {
    return [...this.#rows.values()];
  }

  clear(): void {
    this.#rows.clear();
  }
}

/** A person as the Bot API's `User`. */
export function userOf({ id, first_name, last_name, username, language_code }: Person): User {
  return { id, is_bot: false, first_name, last_name, username, language_code };
}

/** A person's private chat as the Bot API's `Chat`. */
export function chatOf({ id, first_name, last_name, username }: Person): Chat {
  return { id, first_name, last_name, username, type: "private" };
}
