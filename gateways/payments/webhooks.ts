import type { z } from "zod";
import { cryptoBotWebhook } from "./cryptobot/webhook.ts";
import { tBankWebhook } from "./tbank/webhook.ts";
import type { WebhookProvider, WebhookReader } from "./webhook-port.ts";

/** Every gateway that sends webhooks, one per line. */
const providers: readonly WebhookProvider[] = [cryptoBotWebhook, tBankWebhook];

/** The variables that prove gateways' messages. The api reads these, and no others of a gateway. */
export const webhookEnvironment = Object.assign(
  {},
  ...providers.map(({ environment }) => environment),
) as z.ZodRawShape;

/** The readers whose keys are set, and the problems of the others. */
export interface ConnectedWebhooks {
  readonly readers: readonly WebhookReader[];
  /** What is missing beside what was given, in words for the operator. */
  readonly problems: readonly string[];
}

/** Makes the readers whose keys are set. */
export function connectWebhooks(environment: object): ConnectedWebhooks {
  const readers: WebhookReader[] = [];
  const problems: string[] = [];
  for (const provider of providers) {
    try {
      const reader = provider.connect(environment as never);
      if (reader !== undefined) readers.push(reader);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return { readers, problems };
}
