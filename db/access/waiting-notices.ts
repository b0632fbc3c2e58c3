import type { SubscriptionId, TelegramId } from "../../domain/ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";

/** An access whose key waits for its host. */
interface WaitsForHost {
  readonly id: string;
  readonly about: SubscriptionId;
  /** The host is in maintenance; otherwise it does not answer. */
  readonly isMaintained: boolean;
}

/** The notice to whoever waits for a host that can take no key now: once per access. */
export function hostTroubleTo(
  to: TelegramId,
  { id, about, isMaintained }: WaitsForHost,
): OutgoingMessage {
  const notice = { kind: "hostTrouble", ...(isMaintained && { isMaintained }) } as const;
  return noticeTo(to, `away/${id}`, notice, about);
}
