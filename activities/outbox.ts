import { activityInfo, log } from "@temporalio/activity";
import type { Customers } from "../db/customers.ts";
import type { Deliveries } from "../db/deliveries.ts";
import type { ReadCache } from "../db/read-cache.ts";
import type { Addressee } from "../domain/customer.ts";
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

  /** Read where a step begins to write to them: whom an admin has blocked meanwhile hears nothing more. */
  addressee(telegramId: TelegramId): Promise<Addressee> {
    return this.#ports.customers.addressee(telegramId);
  }

  /** `part` tells the messages of one activity apart. */
  async send(to: Addressee, message: Message, part = "0"): Promise<Told> {
    if (to.isBlocked) return { kind: "unreachable" };
    const { telegramId } = to;
    const { workflowExecution, activityId, attempt, isLocal } = activityInfo();
    const key = `${workflowExecution?.runId}/${activityId}/${telegramId}/${part}`;
    const { deliveries, messenger } = this.#ports;
    // The server hands out a first attempt once: nobody has sent anything before it.
    const isFirst = attempt === 1 && !isLocal;
    const sent = isFirst ? undefined : await deliveries.find(key);
    if (sent !== undefined) {
      return sent === null ? { kind: "unreachable" } : { kind: "sent", messageId: sent };
    }
    const told = await messenger.send(telegramId, message).catch(refusedMessage);
    if (told.kind !== "refused") {
      await deliveries.recordOnce(key, telegramId, told.kind === "sent" ? told.messageId : null);
      await this.#noteReach(to, told);
    }
    return told;
  }

  async notify(telegramId: TelegramId, notice: Notice, part = "0"): Promise<Told> {
    const to = await this.addressee(telegramId);
    return this.send(to, { kind: "text", ...renderNotice(to.language, notice) }, part);
  }

  async renotify(telegramId: TelegramId, messageId: number, notice: Notice): Promise<Told> {
    const to = await this.addressee(telegramId);
    return this.edit(to, messageId, { kind: "text", ...renderNotice(to.language, notice) });
  }

  async edit(to: Addressee, messageId: number, message: TextMessage): Promise<Told> {
    if (to.isBlocked) return { kind: "unreachable" };
    return this.#ports.messenger.edit(to.telegramId, messageId, message).catch(refusedMessage);
  }

  async #noteReach({ telegramId, isReachable }: Addressee, told: Delivery): Promise<void> {
    const isReached = told.kind !== "unreachable";
    if (isReached === isReachable) return;
    const since = isReached ? undefined : instant(new Date());
    await this.#ports.customers.setUnreachable(telegramId, since);
  }
}

function refusedMessage(error: unknown): Told {
  if (!(error instanceof Refused)) throw retriedInTime(error);
  log.error("a message was refused", { reason: error.message });
  return { kind: "refused" };
}
