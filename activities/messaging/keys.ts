import type { KeyFacts } from "../../db/messaging/message-facts.ts";
import { deliverable } from "../../domain/access/credentials.ts";
import type { HostId } from "../../domain/ids.ts";
import type { KeyPart } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Access, Credentials } from "../../gateways/hosts/port.ts";
import type { Message } from "../../gateways/messenger/port.ts";
import { textsIn } from "../../texts/index.ts";

/** Creates the credentials of an access with which its owner connects. */
export interface KeyMaker {
  /** @throws Refused when the host does not exist, or no key can be made for it. */
  makeCredentials(host: HostId, access: Access): Promise<Credentials>;
}

/**
 * One part of a key's messages; undefined: the key does not fit this part. The
 * file carries every key.
 */
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
