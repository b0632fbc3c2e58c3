import type { DueMessage } from "../../db/messaging/due-messages.ts";
import {
  type MessageResult,
  postpone,
  recordReach,
  recordResult,
  supersede,
} from "../../db/messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../../db/orm.ts";
import { notifyAuthor } from "../../db/messaging/undelivered-answers.ts";
import { notifyAdmins } from "../../db/people/admin-notices.ts";
import { instant, secondMs } from "../../domain/time.ts";
import { retryWithBackoff } from "../../runtime/backoff.ts";
import type { Outcome } from "./attempts.ts";

/** The log of a sender. Texts are constant; what differs is in `facts`. */
export interface SendingLog {
  /** A failure that is tried again. */
  warn(text: string, facts: Record<string, unknown>): void;
  /** A failure that is final. */
  error(text: string, facts: Record<string, unknown>): void;
}

/** Is notified of each message that is finished. */
export interface SendingObserver {
  /** @param seconds since the message was written */
  onFinished(state: MessageResult["state"], seconds: number): void;
}

const pauses = { firstPauseMs: 50, longestPauseMs: secondMs, isBackground: true } as const;

/** Records the outcomes of messages. */
export class ResultRecorder {
  readonly #em: EntityManager;
  readonly #observer: SendingObserver;
  readonly #log: SendingLog;

  constructor(em: EntityManager, observer: SendingObserver, log: SendingLog) {
    this.#em = em;
    this.#observer = observer;
    this.#log = log;
  }

  /**
   * Retries until the outcome is stored, because the message would be sent again otherwise.
   * @returns whether more messages wait in the chat.
   */
  async record(message: DueMessage, outcome: Outcome): Promise<boolean> {
    this.#report(message, outcome);
    const onFailure = (error: unknown) => {
      const { message: reason } = error as Error;
      this.#log.warn("the outcome of a message cannot be stored", { id: message.id, reason });
    };
    return retryWithBackoff(() => this.#write(message, outcome), { ...pauses, onFailure });
  }

  async #write(message: DueMessage, outcome: Outcome): Promise<boolean> {
    const db = queriesOf(this.#em);
    if (outcome.kind === "later") {
      await postpone(db, [message.id], { ms: outcome.ms, reason: outcome.reason });
      return false;
    }
    const { result, needless = [], isBroken = false } = outcome;
    if (isAnswer(message) && result.state === "unreachable") {
      return inTransaction(this.#em, (inner) => recordUndelivered(inner, message, result));
    }
    if (isBroken) return inTransaction(this.#em, (inner) => recordBroken(inner, message, result));
    const isMore = await recordResult(db, message, result);
    await supersede(db, needless, "a newer change");
    const isReached = reachOf(result);
    if (isReached !== undefined && isReached !== message.isReachable) {
      await recordReach(db, message.to, isReached);
    }
    return isMore;
  }

  #report({ id, content, createdAtMs }: DueMessage, outcome: Outcome): void {
    const about = { id, content: content?.kind };
    if (outcome.kind === "later") {
      const { ms, reason } = outcome;
      this.#log.warn("a message is retried later", { ...about, ms, reason });
      return;
    }
    const { result } = outcome;
    this.#observer.onFinished(result.state, Math.max(0, Date.now() - createdAtMs) / secondMs);
    if (result.state !== "refused") return;
    this.#log.error("a message was refused", { ...about, reason: result.reason });
  }
}

/**
 * Whether the person was reached; undefined: the result does not tell, since an edit counts as done
 * when its message was deleted.
 */
function reachOf(result: MessageResult): boolean | undefined {
  if (result.state === "sent") return result.messageId === undefined ? undefined : true;
  return result.state === "unreachable" && result.reason !== "blocked" ? false : undefined;
}

/** A message of support to a customer; a long one is told of once, by its first part. */
const isAnswer = ({ content, to }: DueMessage): boolean =>
  content?.kind === "ticketMessage" && content.part === 0 && to > 0;

/** Records an answer that did not arrive, and tells the admin who wrote it. */
async function recordUndelivered(
  db: Queries,
  message: DueMessage,
  result: MessageResult,
): Promise<boolean> {
  const isMore = await recordResult(db, message, result);
  if (message.isReachable) await recordReach(db, message.to, false);
  if (message.content?.kind === "ticketMessage") await notifyAuthor(db, message.content.key);
  return isMore;
}

/** Records a message that cannot be rendered, and notifies admins once a day per kind. */
async function recordBroken(
  db: Queries,
  message: DueMessage,
  result: MessageResult,
): Promise<boolean> {
  const isMore = await recordResult(db, message, result);
  const kind = message.content?.kind ?? "unknown";
  if (kind === "adminNotice" || result.state !== "refused") return isMore;
  const day = instant(Date.now()).slice(0, 10);
  const notice = { kind: "messageNotSent", content: kind, reason: result.reason } as const;
  await notifyAdmins(db, `not-sent/${kind}/${day}`, notice);
  return isMore;
}
