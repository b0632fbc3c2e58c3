import { randomInt } from "node:crypto";
import { Answers } from "./answers.ts";
import { badRequest } from "./refusal.ts";

/** The bot's answer to a `pre_checkout_query`. */
export interface CheckoutAnswer {
  readonly ok: boolean;
  readonly error_message?: string | undefined;
}

/** How long the bot has to answer a checkout. */
const checkoutMs = 10_000;

/** Payments that wait for the bot to agree. */
export class Checkouts {
  readonly #open = new Set<string>();
  readonly #answers = new Answers<CheckoutAnswer>();

  /** Opens a checkout for the bot to answer and returns its id. */
  open(): string {
    const id = `${randomInt(1, 2 ** 47)}`;
    this.#open.add(id);
    return id;
  }

  /** The bot's answer to a checkout; undefined when none came in time. */
  async waitForAnswer(id: string): Promise<CheckoutAnswer | undefined> {
    const answer = await this.#answers.wait(id, checkoutMs);
    this.#open.delete(id);
    return answer;
  }

  /** @throws Refusal 400 when the checkout no longer waits. */
  answer(id: string, answer: CheckoutAnswer): void {
    if (!this.#open.delete(id)) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    this.#answers.resolve(id, answer);
  }
}
