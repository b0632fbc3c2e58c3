/** Bytes. A picture can hold 2,953, but a phone's camera does not read one that is so dense. */
const mostQrBytes = 2_000;
/** Of a message, which has 4,096 characters: the rest is for the words around the link. */
const mostLinkCharacters = 3_000;

/** What a customer can be given beside the file, which always goes. */
export interface Deliverable {
  /** Undefined: no QR picture can hold it. */
  readonly qrText: string | undefined;
  /** Undefined: it is too long for a message. */
  readonly importLink: string | undefined;
}

/**
 * Which of a device's credentials fit the messages that show them. Long I packets make a QR picture unreadable
 * and a link too long; the file carries them all the same.
 */
export function deliverable(credentials: {
  readonly qrText: string;
  readonly importLink: string;
}): Deliverable {
  const { qrText, importLink } = credentials;
  return {
    qrText: new TextEncoder().encode(qrText).length <= mostQrBytes ? qrText : undefined,
    importLink: importLink.length <= mostLinkCharacters ? importLink : undefined,
  };
}
