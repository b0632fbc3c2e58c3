import { randomBytes } from "node:crypto";

/**
 * UAPI shows nothing that changes when the daemon restarts, so we leave a mark in it that a restart
 * wipes out: a peer that cannot exist. Its "public key" is 16 fixed bytes, the time it was put
 * there and 10 random bytes; nobody has a private key for it, and it is allowed no address.
 *
 * Workers that look at a fresh daemon at the same time may each leave a mark. The earliest one
 * counts for all, and the worker that put a later one removes it.
 */
export interface EpochMarker {
  readonly publicKeyHex: string;
  readonly epoch: string;
}

const prefixHex = Buffer.from("tollgate epoch:\0", "latin1").toString("hex");

/** A new mark that says when it was put there. */
export function newMarker(now: Date): EpochMarker {
  const moment = Buffer.alloc(6);
  moment.writeUIntBE(now.getTime(), 0, 6);
  const epoch = Buffer.concat([moment, randomBytes(10)]).toString("hex");
  return { publicKeyHex: prefixHex + epoch, epoch };
}

/** Whether a peer's key, in hexadecimal, is a mark. */
export const isMarker = (publicKeyHex: string): boolean => publicKeyHex.startsWith(prefixHex);

/** The mark that counts among all peers' keys, which are in hexadecimal. */
export function earliestMarker(publicKeysHex: readonly string[]): EpochMarker | undefined {
  const [publicKeyHex] = publicKeysHex.filter(isMarker).toSorted();
  return publicKeyHex === undefined
    ? undefined
    : { publicKeyHex, epoch: publicKeyHex.slice(prefixHex.length) };
}
