import type { TelegramId } from "../domain/ids.ts";
import { type KeyValueStore, openMemory } from "../runtime/redis.ts";

const ttlSeconds = 1_800;

/**
 * What a person may be asked for: a device's new name, why an unmatched payment is ignored, the
 * transaction of a refund that was sent by hand, how much to refund, what to answer a customer, any number of messages
 * to support, a value of the shop's settings or plans, whom to find, whom an unmatched payment
 * belongs to, how many days to give, by how much to top up a balance, or why a signup is rejected.
 */
export type Topic =
  | "rename"
  | "ignore"
  | "transaction"
  | "refundPart"
  | "answer"
  | "support"
  | "shop"
  | "find"
  | "give"
  | "days"
  | "topUp"
  | "reject";

interface Question {
  readonly topic: Topic;
  /** What the question is about. */
  readonly subject: string;
  /** The request id of the message that has answered it. */
  readonly claimedBy?: string;
}

const keyOf = (person: TelegramId) => `dialogue:${person}`;

/**
 * The last question that a person answers with a message. Also kept in this process, so that it
 * works while Redis is unreachable.
 */
export class Dialogues {
  readonly #shared: KeyValueStore;
  readonly #own = openMemory();

  constructor(shared: KeyValueStore) {
    this.#shared = shared;
  }

  /**
   * Notes that the person was asked about `subject`; replaces the question before.
   * It is kept for half an hour.
   */
  open(person: TelegramId, topic: Topic, subject: string): Promise<void> {
    return this.#write(keyOf(person), { topic, subject });
  }

  /**
   * The subject that the message `requestId` answers, also when the same message is handled again;
   * undefined where nothing was asked about this topic, or another message has answered.
   */
  async claim(person: TelegramId, topic: Topic, requestId: string): Promise<string | undefined> {
    const key = keyOf(person);
    const question = await this.#read(key);
    if (question?.topic !== topic) return undefined;
    const { subject, claimedBy } = question;
    if (claimedBy === undefined) await this.#write(key, { topic, subject, claimedBy: requestId });
    return claimedBy === undefined || claimedBy === requestId ? subject : undefined;
  }

  /** What the last question was about, also where it was answered. */
  async findTopic(person: TelegramId): Promise<Topic | undefined> {
    return (await this.#read(keyOf(person)))?.topic;
  }

  /** Whether a message may answer the last question: it is open, or that message has answered it. */
  async isAbout(person: TelegramId, requestId: string): Promise<boolean> {
    const question = await this.#read(keyOf(person));
    if (question === undefined) return false;
    return question.claimedBy === undefined || question.claimedBy === requestId;
  }

  /** The subject of the open question, if it is about this topic; it stays open. */
  async find(person: TelegramId, topic: Topic): Promise<string | undefined> {
    const question = await this.#read(keyOf(person));
    const isOpen = question?.topic === topic && question.claimedBy === undefined;
    return isOpen ? question.subject : undefined;
  }

  /**
   * Ends the question that nobody has answered yet. One that a message has answered stays, so that
   * the same message is taken again where it is handled again.
   */
  async leave(person: TelegramId): Promise<void> {
    const key = keyOf(person);
    const question = await this.#read(key);
    if (question !== undefined && question.claimedBy === undefined) {
      await this.#write(key, undefined);
    }
  }

  async #read(key: string): Promise<Question | undefined> {
    const [shared] = await this.#shared.read([key]).catch(() => []);
    const text = shared ?? (await this.#own.read([key]))[0];
    return text ? (JSON.parse(text) as Question) : undefined;
  }

  async #write(key: string, question: Question | undefined): Promise<void> {
    // The stores have no deletion: an empty text stands for none.
    const text = question === undefined ? "" : JSON.stringify(question);
    await this.#own.write(key, text, ttlSeconds);
    await this.#shared.write(key, text, ttlSeconds).catch(() => undefined);
  }
}
