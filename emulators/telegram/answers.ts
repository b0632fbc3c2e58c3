import { setTimeout as sleep } from "node:timers/promises";

/** Pending questions to the bot, by id. */
export class Answers<Answer> {
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  /** Answers a question; does nothing when nobody waits for it any more. */
  resolve(id: string, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
  }

  /** Undefined when no answer came within `waitMs`. */
  async wait(id: string, waitMs: number): Promise<Answer | undefined> {
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const stop = new AbortController();
    const options = { signal: stop.signal, ref: false };
    const lapsed = sleep(waitMs, undefined, options).catch(() => undefined);
    const answer = await Promise.race([answered, lapsed]);
    stop.abort();
    this.#waiting.delete(id);
    return answer;
  }
}
