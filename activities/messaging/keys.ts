import type { KeyFacts } from "../../db/messaging/message-facts.ts";
import { deliverable } from "../../domain/access/credentials.ts";
import type { HostId } from "../../domain/ids.ts";
import type { KeyPart } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Credentials } from "../../gateways/hosts/port.ts";
import type { Message } from "../../gateways/messenger/port.ts";
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

/** Undefined: this part cannot carry the key; the file always does. */
export function keyMessage(
  part: KeyPart,
  credentials: Credentials,
  { label, language }: Pick<KeyFacts, "label"> & { readonly language: Language },
): Message | undefined {
  const texts = textsIn(language);
  const { qrText, importLink: link } = deliverable(credentials);
  switch (part) {
    case "file": {
      const { fileName, conf: content } = credentials;
      return {
        kind: "document",
        fileName,
        content,
        captionHtml: texts.access.key.fileCaption(label),
      };
    }
    case "qr":
      if (qrText === undefined) return undefined;
      return { kind: "qr", text: qrText, captionHtml: texts.access.key.qrCaption };
    case "text":
      return {
        kind: "text",
        html: texts.access.key.instruction({ link, hasQr: qrText !== undefined }),
      };
  }
}
