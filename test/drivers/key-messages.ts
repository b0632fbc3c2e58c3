import type { DeviceId, TelegramId } from "../../domain/ids.ts";
import type { KeyPart } from "../../domain/access/credentials.ts";
import { keyMessage, type OutgoingMessage } from "../../domain/messaging/message.ts";

/** The ways in which a key can be sent. */
export const keyParts: readonly KeyPart[] = ["file", "qr", "text"];

/** A key, sent in every way. */
export const keyMessages = (to: TelegramId, deviceId: DeviceId, cause: string): OutgoingMessage[] =>
  keyParts.map((part) => keyMessage(to, { deviceId, cause, part }));
