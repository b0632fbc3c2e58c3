import type { Table } from "../kit/journal.ts";
import type { Person } from "./people.ts";

/** A command that an app shows in its menu; without the slash. */
export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

/**
 * Where a list of commands holds; without a language it holds for everybody who has no list
 * of their own.
 */
export interface CommandsPlace {
  readonly scope: {
    readonly type: string;
    readonly chat_id?: number | undefined;
  };
  readonly language: string;
}

/** The lists the bot offers, each pair of scope and language on its own. */
export class Commands {
  readonly #rows: Table<readonly BotCommand[]>;

  constructor(rows: Table<readonly BotCommand[]>) {
    this.#rows = rows;
  }

  /** The list of exactly this scope and language. */
  list(place: CommandsPlace): readonly BotCommand[] {
    return this.#rows.get(keyOf(place)) ?? [];
  }

  set(place: CommandsPlace, commands: readonly BotCommand[]): void {
    this.#rows.set(keyOf(place), commands);
  }

  delete(place: CommandsPlace): void {
    this.#rows.delete(keyOf(place));
  }

  /** The list a person's app shows: the narrowest scope wins, within it the person's language. */
  listShownTo({ id, language_code }: Person): readonly BotCommand[] {
    const own = { type: "chat", chat_id: id };
    const scopes = [own, { type: "all_private_chats" }, { type: "default" }];
    for (const scope of scopes) {
      for (const language of [language_code, ""]) {
        const commands = this.#rows.get(keyOf({ scope, language }));
        if (commands) return commands;
      }
    }
    return [];
  }

  clear(): void {
    this.#rows.clear();
  }
}

const keyOf = ({ scope, language }: CommandsPlace): string =>
  JSON.stringify([scope.type, scope.chat_id ?? null, language]);
