import type { KeyFacts } from "../../db/messaging/message-facts.ts";
import { deliverable } from "../../domain/access/credentials.ts";
import type { DeviceId, HostId } from "../../domain/ids.ts";
import { connectButton, deviceRequestButtons } from "../../domain/messaging/buttons.ts";
import type { KeyPart } from "../../domain/access/credentials.ts";
import { type Language, languages } from "../../domain/people/customer.ts";
import type {
  Access,
  Credentials,
  SubscriptionCredentials,
  TunnelCredentials,
} from "../../gateways/hosts/port.ts";
import type { Message } from "../../gateways/messenger/port.ts";
import { textsIn } from "../../texts/index.ts";

/** Creates the credentials of an access with which its owner connects. */
export interface KeyMaker {
  /** @throws Refused when the host does not exist, or no key can be made for it. */
  makeCredentials(host: HostId, access: Access): Promise<Credentials>;
}

/**
 * One part of a key. The file carries every tunnel's key, the others say where a key is too long; a
 * panel's key is a link, and has no file.
 */
export const keyMessage = (
  part: KeyPart,
  credentials: Credentials | OwnLink,
  shown: KeyShown,
): Message =>
  credentials.kind === "subscription" || credentials.kind === "ours"
    ? linkMessage(part, credentials, shown)
    : tunnelMessage(part, credentials, shown);

/** The shop's own link, which opens a page in a browser. Secret. */
export interface OwnLink {
  readonly kind: "ours";
  readonly url: string;
}

/** A link to a tunnel's file that works once. */
export function fileLinkMessage(url: string, { label, language }: KeyShown): Message {
  const { key } = textsIn(language).access;
  return { kind: "text", html: key.fileLink(label, url) };
}

const unnamed = new Set(languages.map((one) => textsIn(one).access.device.defaultName));

/** What its owner calls a device; undefined: it has only the name that every first device gets. */
const givenName = (label: string): string | undefined => (unnamed.has(label) ? undefined : label);

function linkMessage(
  part: KeyPart,
  { kind, url }: SubscriptionCredentials | OwnLink,
  { deviceId, label, language }: KeyShown,
): Message {
  const { key, device } = textsIn(language).access;
  if (part === "qr") return { kind: "qr", text: url, captionHtml: key.linkQrCaption(label) };
  const keyboard = [
    ...(kind === "ours" ? [[{ text: key.openPage, url }]] : []),
    [{ text: device.qr, data: deviceRequestButtons.qr.data({ id: deviceId }) }],
    [{ text: key.howTo, data: connectButton.data({}) }],
  ];
  return { kind: "text", html: key.subscription(givenName(label), url), keyboard };
}

function tunnelMessage(
  part: KeyPart,
  credentials: TunnelCredentials,
  { deviceId, label, language }: KeyShown,
): Message {
  const { key, device } = textsIn(language).access;
  const { qrText, importLink: link } = deliverable(credentials);
  switch (part) {
    // Without a public URL there is nowhere to lead to.
    case "link":
    case "file": {
      const { fileName, conf: content } = credentials;
      const keyboard = [
        [
          { text: device.qr, data: deviceRequestButtons.qr.data({ id: deviceId }) },
          { text: device.text, data: deviceRequestButtons.text.data({ id: deviceId }) },
        ],
        [{ text: key.howTo, data: connectButton.data({}) }],
      ];
      return {
        kind: "document",
        fileName,
        content,
        captionHtml: key.fileCaption(givenName(label)),
        keyboard,
      };
    }
    case "qr":
      if (qrText === undefined) return { kind: "text", html: key.tooLongForQr };
      return { kind: "qr", text: qrText, captionHtml: key.qrCaption(label) };
    case "text":
      return { kind: "text", html: link === undefined ? key.tooLongToCopy : key.link(link) };
  }
}

type KeyShown = Pick<KeyFacts, "label"> & {
  readonly deviceId: DeviceId;
  readonly language: Language;
};
