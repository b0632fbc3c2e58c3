import { randomBytes } from "node:crypto";

/**
 * A daemon tells nothing through UAPI that changes when it restarts, so a mark is left in it that a restart
 * wipes out: a peer that nobody can be. Its "public key" is 16 fixed bytes, the moment it was put there and
 * 10 random bytes; no one knows a private key for it and it is allowed no address.
 *
 * Workers that look at a fresh daemon at the same moment may each leave a mark. The earliest one counts for
 * all, and who put a later one takes it away again.
 */
export interface EpochMarker {
  readonly publicKeyHex: string;
  readonly epoch: string;
}

const fixed = Buffer.from("tollgate epoch:\0", "latin1").toString("hex");

export function newMarker(now: Date): EpochMarker {
  const moment = Buffer.alloc(6);
  moment.writeUIntBE(now.getTime(), 0, 6);
  const epoch = Buffer.concat([moment, randomBytes(10)]).toString("hex");
  return { publicKeyHex: fixed + epoch, epoch };
}

export const isMarker = (publicKeyHex: string): boolean => publicKeyHex.startsWith(fixed);

/** The mark that counts, of all peers' keys in hex. */
export function earliestMarker(publicKeysHex: readonly string[]): EpochMarker | undefined {
  const [publicKeyHex] = publicKeysHex.filter(isMarker).toSorted();
  return publicKeyHex === undefined
    ? undefined
    : { publicKeyHex, epoch: publicKeyHex.slice(fixed.length) };
}
