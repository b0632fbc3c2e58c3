import type { KeyFacts } from "../../db/message-facts.ts";
import type { Language } from "../../domain/customer.ts";
import type { HostId } from "../../domain/ids.ts";
import type { KeyPart } from "../../domain/message.ts";
import type { Message } from "../../gateways/messenger.ts";
import type { Credentials } from "../../gateways/vpn-host.ts";
import { textsIn } from "../../texts/index.ts";

/** An access with its secrets open: JSON that only its host's adapter reads. */
export interface OpenedAccess {
  readonly accessId: string;
  readonly identity: string;
  /** What the person calls the device. */
  readonly label: string;
  readonly address: string;
  readonly secrets: string;
}

/** Makes of an access what its owner connects with. */
export interface KeyMaker {
  /** @throws Refused when there is no such host, or no key can be made for it. */
  credentials(host: HostId, access: OpenedAccess): Promise<Credentials>;
}

/** The most bytes that a QR picture holds. */
const qrBytes = 2_953;
/** A message has 4,096 characters; the rest is for the words around the key. */
const linkCharacters = 3_500;

/** Undefined: this part cannot carry the key; the file always does. */
export function keyMessage(
  part: KeyPart,
  { fileName, conf, qrText, importLink }: Credentials,
  { label, language }: Pick<KeyFacts, "label"> & { readonly language: Language },
): Message | undefined {
  const texts = textsIn(language);
  switch (part) {
    case "file":
      return { kind: "document", fileName, content: conf, captionHtml: texts.confCaption(label) };
    case "qr":
      if (Buffer.byteLength(qrText) > qrBytes) return undefined;
      return { kind: "qr", text: qrText, captionHtml: texts.qrCaption };
    case "text": {
      const isShort = importLink.length <= linkCharacters;
      const html = isShort ? texts.instruction(importLink) : texts.instructionByFile;
      return { kind: "text", html };
    }
  }
}
