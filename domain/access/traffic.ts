/** A host's raw counter of one identity at one moment. */
export interface Reading {
  /** Changes when the host's counters began again. */
  readonly epoch: string;
  readonly uploadedRaw: number;
  readonly downloadedRaw: number;
}

export interface Delta {
  readonly uploaded: number;
  readonly downloaded: number;
}

/**
 * The bytes moved between two readings of one identity. Counters that went on are subtracted; counters that
 * began again, by a new epoch or by standing lower than before, count from 0: the tail before the restart is
 * lost, nothing is counted twice.
 */
export function trafficSince(before: Reading | undefined, now: Reading): Delta {
  const wentOn =
    before !== undefined &&
    before.epoch === now.epoch &&
    now.uploadedRaw >= before.uploadedRaw &&
    now.downloadedRaw >= before.downloadedRaw;
  return {
    uploaded: now.uploadedRaw - (wentOn ? before.uploadedRaw : 0),
    downloaded: now.downloadedRaw - (wentOn ? before.downloadedRaw : 0),
  };
}

/** A handshake is renewed every two minutes while in use (WireGuard: 180 s is refusal). */
export const onlineForMs = 180_000;
