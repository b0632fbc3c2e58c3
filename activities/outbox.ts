import { activityInfo, log } from "@temporalio/activity";
import type { Customers } from "../db/customers.ts";
import type { Deliveries } from "../db/deliveries.ts";
import type { ReadCache } from "../db/read-cache.ts";
import { languageOf } from "../domain/customer.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { Notice } from "../domain/notice.ts";
import { instant } from "../domain/time.ts";
import type { Delivery, Message, Messenger, TextMessage } from "../gateways/messenger.ts";
import { Refused } from "../gateways/refused.ts";
import { renderNotice } from "../texts/notices.ts";
import { retriedInTime } from "./failure.ts";

export interface OutboxPorts {
  readonly messenger: Messenger;
  readonly deliveries: Deliveries;
  readonly customers: Customers;
  readonly cache: ReadCache;
}

/** `refused`: Telegram would not take the message itself. It is logged as our fault and holds nobody up. */
export type Told = Delivery | { readonly kind: "refused" };

/** Messages that go out once per activity, however often the activity runs. */
export class Outbox {
  readonly #ports: OutboxPorts;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** `part` tells the messages of one activity apart. */
  async send(to: TelegramId, message: Message, part = "0"): Promise<Told> {
    const { workflowExecution, activityId } = activityInfo();
    const key = `${workflowExecution?.runId}/${activityId}/${to}/${part}`;
    const { deliveries, messenger } = this.#ports;
    const sent = await deliveries.find(key);
    if (await this.#isBlocked(to)) return { kind: "unreachable" };
    if (sent !== undefined) {
      return sent === null ? { kind: "unreachable" } : { kind: "sent", messageId: sent };
    }
    const told = await messenger.send(to, message).catch(refusedMessage);
    if (told.kind !== "refused") {
      await deliveries.recordOnce(key, to, told.kind === "sent" ? told.messageId : null);
      await this.#noteReach(to, told);
    }
    return told;
  }

  async notify(to: TelegramId, notice: Notice, part = "0"): Promise<Told> {
    const language = await this.languageOf(to);
    return this.send(to, { kind: "text", ...renderNotice(language, notice) }, part);
  }

  async renotify(to: TelegramId, messageId: number, notice: Notice): Promise<Told> {
    const language = await this.languageOf(to);
    return this.edit(to, messageId, { kind: "text", ...renderNotice(language, notice) });
  }

  async edit(to: TelegramId, messageId: number, message: TextMessage): Promise<Told> {
    if (await this.#isBlocked(to)) return { kind: "unreachable" };
    return this.#ports.messenger.edit(to, messageId, message).catch(refusedMessage);
  }

  async languageOf(telegramId: TelegramId) {
    return (await this.#ports.customers.find(telegramId))?.language ?? languageOf(undefined);
  }

  /** Whom an admin has blocked hears nothing more, whatever was under way. */
  async #isBlocked(to: TelegramId): Promise<boolean> {
    return (await this.#ports.customers.find(to))?.status === "blocked";
  }

  async #noteReach(to: TelegramId, told: Delivery): Promise<void> {
    const since = told.kind === "unreachable" ? instant(new Date()) : undefined;
    await this.#ports.customers.setUnreachable(to, since);
  }
}

function refusedMessage(error: unknown): Told {
  if (!(error instanceof Refused)) throw retriedInTime(error);
  log.error("a message was refused", { reason: error.message });
  return { kind: "refused" };
}
