import { Context } from "@temporalio/activity";
import { wakeSender } from "../../db/messaging/messages.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import type { Vault } from "../../db/vault.ts";
import { dayMs } from "../../domain/time.ts";
import type { Messenger } from "../../gateways/messenger/port.ts";
import type { MessageSteps } from "../../workflows/steps/reconcilers.ts";
import { type LoopPorts, runEndlessLoop } from "../endless-loop.ts";
import type { Limits } from "./rate-limiter.ts";
import { type KeyMaker, Renderer } from "./renderer.ts";
import type { SendingObserver } from "./result-recorder.ts";
import { Sender } from "./sender.ts";

export type { SendingObserver } from "./result-recorder.ts";
export type { KeyMaker } from "./renderer.ts";

/** What the messages' reconciler reads, sends by and reports to. */
export interface MessagePorts extends LoopPorts {
  readonly database: Pick<Database, "em" | "url">;
  readonly messenger: Messenger;
  readonly vault: Vault;
  readonly keys: KeyMaker;
  readonly now: () => Date;
  /** See `RendererPorts`. */
  readonly publicUrl?: string | undefined;
  readonly observer: SendingObserver;
  /** The sending rate. Undefined: what Telegram allows. */
  readonly messageLimits?: Limits | undefined;
}

/** The longest run of one attempt; its workflow starts the next one at once. */
const longestRunMs = dayMs;

/** The activities of the messages' reconciler. */
export function createMessageActivities(ports: MessagePorts): MessageSteps {
  const { database, messenger, vault, keys, now, observer, messageLimits, publicUrl } = ports;
  const shop = new ShopSettingsReader(database.em);
  const renderer = new Renderer({ em: database.em, vault, keys, shop, now, publicUrl });
  const sender = new Sender({ database, messenger, renderer, observer, limits: messageLimits });
  return {
    sendMessages: () => runEndlessLoop(ports, (signal) => send(sender, ports, signal)),
    wakeSender: () => wakeSender(queriesOf(database.em)),
  };
}

/** Resolves after a cancellation too: then nothing is lost, and nobody has to go on. */
async function send(sender: Sender, { endLoops }: LoopPorts, signal: AbortSignal): Promise<void> {
  const context = Context.current();
  await sender.run({
    signal: AbortSignal.any([signal, AbortSignal.timeout(longestRunMs)]),
    heartbeat: () => context.heartbeat(),
    log: context.log,
  });
  if (!context.cancellationSignal.aborted) endLoops.throwIfAborted();
}
