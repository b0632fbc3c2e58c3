/**
 * How a key is sent: as a file, which each app reads, and on request as a QR picture, as text to
 * copy, or as a link by which the file can be fetched once.
 */
export type KeyPart = "file" | "qr" | "text" | "link";

/** Bytes. A QR picture can hold 2,953, but phone cameras cannot read one that dense. */
const mostQrBytes = 2_000;
/** A message has 4,096 characters; the rest is for the text around the link. */
const mostLinkCharacters = 3_000;

/** What can be sent to a customer beside the file, which is always sent. */
export interface Deliverable {
  /** Undefined: too long for a QR picture. */
  readonly qrText: string | undefined;
  /** Undefined: too long for a message. */
  readonly importLink: string | undefined;
}

/**
 * Returns those of a device's credentials that fit the messages that show them. Long I packets make
 * a QR picture unreadable and a link too long; the file always carries them.
 */
export function deliverable(credentials: {
  readonly qrText: string;
  readonly importLink: string;
}): Deliverable {
  const { qrText, importLink } = credentials;
  return {
    qrText: utf8Bytes(qrText) <= mostQrBytes ? qrText : undefined,
    importLink: importLink.length <= mostLinkCharacters ? importLink : undefined,
  };
}

/** The length of a text in UTF-8. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const sign of text) {
    const point = sign.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x8_00 ? 2 : point < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}
