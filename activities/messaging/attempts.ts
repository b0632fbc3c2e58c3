import type { DueMessage, SentCopy } from "../../db/messaging/due-messages.ts";
import type { MessageResult } from "../../db/messaging/messages.ts";
import type { ChatId } from "../../domain/ids.ts";
import { type MessageContent, reachesBlocked } from "../../domain/messaging/message.ts";
import type { Delivery, Messenger } from "../../gateways/messenger/port.ts";
import { Refused, SlowDown } from "../../gateways/refused.ts";
import { restMs } from "./rate-limiter.ts";
import type { Change, Renderer } from "./renderer.ts";
import { Unrenderable } from "./rendering.ts";

/** The outcome of an attempt. */
export type Outcome =
  | {
      readonly kind: "over";
      readonly result: MessageResult;
      /** Ids of edits that this made needless. */
      readonly needless?: readonly number[];
      /** It could not be rendered: admins are notified. */
      readonly isBroken?: boolean;
    }
  | {
      readonly kind: "later";
      readonly ms: number;
      readonly reason: string;
      /** Telegram asked for the delay, did not answer, or the database could not be read. */
      readonly why: "asked" | "silence" | "books";
    };

/** What an attempt calls, and whom it tells of the call. */
export interface AttemptPorts {
  readonly messenger: Messenger;
  readonly renderer: Renderer;
  /** Resolves when this chat may be called, and counts the call. */
  readonly beforeCall: (chat: ChatId) => Promise<void>;
  /** Called when Telegram has answered, also with a refusal. */
  readonly onAnswer: () => void;
}

const over = (state: "unreachable" | "refused" | "superseded", reason: string): Outcome => ({
  kind: "over",
  result: { state, reason },
});

const unreachable = over("unreachable", "the person has stopped the bot");

/** What changing every copy came to; `isSeen`: one of them shows the new text. */
interface Changed {
  readonly outcome: Outcome;
  readonly isSeen: boolean;
}

/** Sends messages, one attempt each. */
export class Attempts {
  readonly #ports: AttemptPorts;

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
  }

  /** Attempts to send or edit one message; failures are returned as outcomes. */
  async attempt(message: DueMessage): Promise<Outcome> {
    if (message.isBlocked && (message.content === undefined || !reachesBlocked(message.content)))
      return over("unreachable", "blocked");
    try {
      return await this.#perform(message);
    } catch (error) {
      return outcomeOf(message, error);
    }
  }

  #perform(message: DueMessage): Promise<Outcome> {
    const { action, copies } = message;
    if (action === "edit") return this.#change(message);
    return action === "show" && copies.length > 0 ? this.#show(message) : this.#send(message);
  }

  async #send(message: DueMessage): Promise<Outcome> {
    const { to, copies, language } = message;
    const content = contentOf(message);
    const edits = message.edits.filter(({ id }) => id > message.id);
    // Content rendered from the database is up to date;
    // a notice has to take its newest edit's content.
    const newest = content.kind === "notice" ? edits.at(-1)?.content : undefined;
    const rendered = await this.#ports.renderer.render(newest ?? content, language);
    if (rendered.kind === "needless") return over("superseded", rendered.reason);
    const delivery = await this.#call(to, (messenger) => messenger.send(to, rendered.message));
    if (delivery.kind !== "sent") return unreachable;
    const { messageId } = delivery;
    // These edits would change other copies too: those already sent, and those sent before them.
    const { nextSend = Number.POSITIVE_INFINITY } = message;
    const alone = copies.length === 0 ? edits.filter(({ id }) => id < nextSend) : [];
    const needless = alone.map(({ id }) => id);
    return { kind: "over", result: { state: "sent", messageId }, needless };
  }

  async #change(message: DueMessage): Promise<Outcome> {
    const { id, copies, edits } = message;
    const newest = Math.max(id, ...edits.map((edit) => edit.id));
    if (newest > id) {
      const needless = edits.map((edit) => edit.id).filter((edit) => edit !== newest);
      return { ...over("superseded", "a newer change"), needless } as Outcome;
    }
    if (copies.length === 0) return over("superseded", "nothing was sent here");
    return (await this.#changeEach(message, contentOf(message))).outcome;
  }

  /** What nobody can see any more, because its message was deleted, is sent. */
  async #show(message: DueMessage): Promise<Outcome> {
    const { outcome, isSeen } = await this.#changeEach(message, contentOf(message));
    return isSeen ? outcome : this.#send(message);
  }

  /** A copy that Telegram refuses to change does not stop the others. */
  async #changeEach(message: DueMessage, content: MessageContent): Promise<Changed> {
    const { to, copies, language } = message;
    let refusal: Refused | undefined;
    let isSeen = false;
    for (const copy of copies) {
      const change = await this.#ports.renderer.change(content, copy, language);
      if (change.kind === "none") continue;
      try {
        const delivery = await this.#call(to, (messenger) => apply(messenger, to, copy, change));
        if (delivery.kind === "unreachable") return { outcome: unreachable, isSeen: true };
        isSeen ||= delivery.kind === "sent" && change.kind === "text";
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refusal = error;
      }
    }
    if (refusal !== undefined) return { outcome: over("refused", refusal.message), isSeen };
    const result = { state: "sent", messageId: undefined } as const;
    return { outcome: { kind: "over", result }, isSeen };
  }

  async #call(chat: ChatId, call: (messenger: Messenger) => Promise<Delivery>): Promise<Delivery> {
    const { messenger, beforeCall, onAnswer } = this.#ports;
    await beforeCall(chat);
    try {
      const delivery = await call(messenger);
      onAnswer();
      return delivery;
    } catch (error) {
      if (error instanceof Refused) onAnswer();
      throw error instanceof Refused || error instanceof SlowDown ? error : new Silence(error);
    }
  }
}

/** Telegram did not answer. */
class Silence extends Error {
  override readonly name = "Silence";

  constructor(cause: unknown) {
    super((cause as Error).message, { cause });
  }
}

function contentOf({ content }: DueMessage): MessageContent {
  if (content === undefined) throw new Unrenderable("the row does not hold a message's content");
  return content;
}

function outcomeOf({ tries }: DueMessage, error: unknown): Outcome {
  const { message: reason } = error as Error;
  if (error instanceof Unrenderable)
    return { ...over("refused", reason), isBroken: true } as Outcome;
  if (error instanceof Refused) return over("refused", reason);
  if (error instanceof SlowDown) {
    return { kind: "later", ms: error.retryAfterMs, reason, why: "asked" };
  }
  const why = error instanceof Silence ? "silence" : "books";
  return { kind: "later", ms: restMs(tries), reason, why };
}

function apply(
  messenger: Messenger,
  to: ChatId,
  { messageId }: SentCopy,
  change: Exclude<Change, { kind: "none" }>,
): Promise<Delivery> {
  switch (change.kind) {
    case "text":
      return messenger.edit(to, messageId, change.message);
    case "caption":
      return messenger.editCaption(to, messageId, change.caption);
    case "remove":
      return messenger.remove(to, messageId);
  }
}
