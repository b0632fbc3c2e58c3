/** A host's raw counter of one identity at one moment. */
export interface Reading {
  /** Changes when the host's counters restart. */
  readonly epoch: string;
  readonly uploadedRaw: number;
  readonly downloadedRaw: number;
}

/** Bytes moved. */
export interface Delta {
  readonly uploaded: number;
  readonly downloaded: number;
}

/**
 * The bytes moved between two readings of one identity. A counter that continued is subtracted
 * from. A counter that restarted (another epoch, or a lower value than before) counts from 0: the
 * bytes between the last reading and the restart are lost, and nothing is counted twice.
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

/**
 * How long after a handshake a device counts as online: WireGuard renews it every two minutes while
 * in use and refuses a session after 180 s.
 */
export const onlineForMs = 180_000;
