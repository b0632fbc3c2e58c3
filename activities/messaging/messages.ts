import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { wakeSender } from "../../db/messaging/messages.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import { dayMs } from "../../domain/time.ts";
import type { Messenger } from "../../gateways/messenger/port.ts";
import type { MessageSteps } from "../../workflows/steps/reconcilers.ts";
import type { Limits } from "./rate-limiter.ts";
import { type KeyMaker, Renderer } from "./renderer.ts";
import type { SendingObserver } from "./result-recorder.ts";
import { Sender } from "./sender.ts";

export type { SendingObserver } from "./result-recorder.ts";
export type { KeyMaker } from "./renderer.ts";

export interface MessagePorts {
  readonly database: Pick<Database, "em" | "url">;
  readonly messenger: Messenger;
  readonly vault: Vault;
  readonly keys: KeyMaker;
  readonly now: () => Date;
  readonly observer: SendingObserver;
  /** The sending rate. Undefined: what Telegram allows. */
  readonly messageLimits?: Limits | undefined;
  /**
   * Aborted by the process before it shuts its workers down: the worker itself would cancel
   * activities only after its grace time, and until then no other process could take over.
   */
  readonly endLoops: AbortSignal;
}

/** The longest run of one attempt; its workflow starts the next one at once. */
const longestRunMs = dayMs;
const handoverMs = 50;

/** The activities of the messages' reconciler. */
export function createMessageActivities(ports: MessagePorts): MessageSteps {
  const { database, messenger, vault, keys, now, observer, messageLimits, endLoops } = ports;
  const renderer = new Renderer({ em: database.em, vault, keys, now });
  const sender = new Sender({ database, messenger, renderer, observer, limits: messageLimits });

  return {
    /**
     * Sends messages until it is cancelled or a day has passed.
     * @throws ApplicationFailure (retryable) at a shutdown, so that another process goes on.
     */
    async sendMessages(): Promise<void> {
      const { cancellationSignal, heartbeat, log } = contextOf();
      const signal = AbortSignal.any([
        cancellationSignal,
        endLoops,
        AbortSignal.timeout(longestRunMs),
      ]);
      await sender.run({ signal, heartbeat, log });
      if (!endLoops.aborted || cancellationSignal.aborted) return;
      throw ApplicationFailure.create({
        message: "this process ends: another one goes on",
        type: "HandedOver",
        nextRetryDelay: handoverMs,
      });
    },

    /** Wakes the sender, wherever it runs. */
    wakeSender: (): Promise<void> => wakeSender(queriesOf(database.em)),
  };
}

function contextOf() {
  const context = Context.current();
  return {
    cancellationSignal: context.cancellationSignal,
    heartbeat: () => context.heartbeat(),
    log: context.log,
  };
}
