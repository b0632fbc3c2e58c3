import { connectAll, environmentOf } from "./connect-all.ts";
import { cryptoBotWebhook } from "./cryptobot/webhook.ts";
import { tBankWebhook } from "./tbank/webhook.ts";
import type { WebhookProvider, WebhookReader } from "./webhook-port.ts";

/** Every gateway that sends webhooks, one per line. */
const providers: readonly WebhookProvider[] = [cryptoBotWebhook, tBankWebhook];

/** The variables that prove gateways' messages. The api reads these, and no others of a gateway. */
export const webhookEnvironment = environmentOf(providers);

/** The readers whose keys are set, and the problems of the others. */
export interface ConnectedWebhooks {
  readonly readers: readonly WebhookReader[];
  /** What is missing beside what was given, in words for the operator. */
  readonly problems: readonly string[];
}

/** Makes the readers whose keys are set. */
export function connectWebhooks(environment: Readonly<Record<string, unknown>>): ConnectedWebhooks {
  const { made, problems } = connectAll(providers, (one) => one.connect(environment));
  return { readers: made, problems: problems.map(({ message }) => message) };
}
