import type { TelegramId } from "../domain/ids.ts";
import { type KeyValueStore, openMemory } from "../runtime/redis.ts";

const ttlSeconds = 600;

/** What a person may have been asked for: a device's new name, or why money is left alone. */
export type Topic = "rename" | "ignore";

interface Question {
  readonly topic: Topic;
  /** What it is asked about. */
  readonly subject: string;
  /** The message that has answered it. */
  readonly claimedBy?: string;
}

const keyOf = (of: TelegramId) => `dialogue:${of}`;

/**
 * The last question that a person was asked and answers with a message. Kept in this process too, so
 * that it works while Redis is away.
 */
export class Dialogues {
  readonly #shared: KeyValueStore;
  readonly #own = openMemory();

  constructor(shared: KeyValueStore) {
    this.#shared = shared;
  }

  open(of: TelegramId, topic: Topic, subject: string): Promise<void> {
    return this.#write(keyOf(of), { topic, subject });
  }

  /**
   * The subject that the message `requestId` answers about, also when the same message comes again;
   * undefined when nobody asked about this topic, or another message has answered.
   */
  async claim(of: TelegramId, topic: Topic, requestId: string): Promise<string | undefined> {
    const key = keyOf(of);
    const question = await this.#read(key);
    if (question?.topic !== topic) return undefined;
    const { subject, claimedBy } = question;
    if (claimedBy === undefined) await this.#write(key, { topic, subject, claimedBy: requestId });
    return claimedBy === undefined || claimedBy === requestId ? subject : undefined;
  }

  async #read(key: string): Promise<Question | undefined> {
    const [shared] = await this.#shared.read([key]).catch(() => []);
    const text = shared ?? (await this.#own.read([key]))[0];
    return text ? (JSON.parse(text) as Question) : undefined;
  }

  async #write(key: string, question: Question): Promise<void> {
    const text = JSON.stringify(question);
    await this.#own.write(key, text, ttlSeconds);
    await this.#shared.write(key, text, ttlSeconds).catch(() => undefined);
  }
}
