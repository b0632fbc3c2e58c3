import { randomInt } from "node:crypto";
import type { Table } from "../kit/journal.ts";
import { Answers } from "./answers.ts";
import { badRequest } from "./refusal.ts";

/** What the bot answers to a pressed button. */
export interface Answer {
  readonly text: string;
  readonly show_alert: boolean;
  readonly url?: string | undefined;
}

interface Query {
  readonly personId: number;
  readonly askedAt: number;
  readonly answer?: Answer | undefined;
}

/**
 * After this the person's app has stopped waiting. Telegram documents no limit;
 * a minute is generous.
 */
const answerableMs = 60_000;

/** Pressed buttons that wait for the bot's answer. Each is answered once, and in time. */
export class Callbacks {
  readonly #rows: Table<Query>;
  readonly #waiting = new Answers<Answer>();

  constructor(rows: Table<Query>) {
    this.#rows = rows;
  }

  /** Opens a callback query for a pressed button and returns its id. */
  open(personId: number): string {
    this.#forgetOld();
    const id = `${randomInt(1, 2 ** 32)}${String(randomInt(2 ** 32)).padStart(10, "0")}`;
    this.#rows.set(id, { personId, askedAt: Date.now() });
    return id;
  }

  /**
   * Returns whose button it was. @throws Refusal 400 when the query is unknown,
   * answered already or too old.
   */
  answer(id: string, answer: Answer): number {
    const query = this.#rows.get(id);
    if (query === undefined || query.answer || query.askedAt + answerableMs < Date.now()) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    this.#rows.set(id, { ...query, answer });
    this.#waiting.resolve(id, answer);
    return query.personId;
  }

  /** The bot's answer, undefined when none came within `waitMs`. */
  waitForAnswer(id: string, waitMs: number): Promise<Answer | undefined> {
    const known = this.#rows.get(id)?.answer;
    if (known) return Promise.resolve(known);
    return this.#waiting.wait(id, waitMs);
  }

  clear(): void {
    this.#rows.clear();
  }

  #forgetOld(): void {
    for (const [id, { askedAt }] of this.#rows.entries()) {
      if (askedAt + 2 * answerableMs > Date.now()) return;
      this.#rows.delete(id);
    }
  }
}
