import type { EntityManager } from "@mikro-orm/postgresql";
import type { HostId } from "../domain/ids.ts";
import { type Instant, instant } from "../domain/time.ts";
import { trafficSince } from "../domain/traffic.ts";
import { DeviceRow } from "./device.ts";
import { TrafficCounterRow } from "./traffic-counter.ts";

export interface PeerCounter {
  readonly publicKey: string;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly lastHandshakeAt: Instant | undefined;
}

export class Traffic {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Adds what moved since the last reading to each device's total and to its day. The same reading twice adds
   * nothing. Peers that are not ours are passed over.
   */
  async record(
    hostId: HostId,
    { epoch, counters }: { epoch: string; counters: readonly PeerCounter[] },
    now: Instant,
  ): Promise<void> {
    await this.#em.fork().transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext(?))", [`traffic/${hostId}`]);
      const devices = await em.find(DeviceRow, { hostId, revokedAt: null });
      const known = await em.find(TrafficCounterRow, {
        deviceId: { $in: devices.map(({ id }) => id) },
      });
      const before = new Map(known.map((row) => [row.deviceId, row]));
      const peers = new Map(counters.map((counter) => [counter.publicKey, counter]));
      const rows = devices.flatMap(({ id, publicKey }) => {
        const peer = peers.get(publicKey);
        const row = peer && addedUp(before.get(id), { epoch, peer });
        return row ? [{ ...row, deviceId: id }] : [];
      });
      await write(em, rows, now);
    });
  }
}

type Row = ReturnType<typeof changed>;

function addedUp(
  last: TrafficCounterRow | undefined,
  { epoch, peer }: { epoch: string; peer: PeerCounter },
): Row | undefined {
  const lastHandshake = last?.lastHandshakeAt ? instant(last.lastHandshakeAt) : undefined;
  const same =
    last?.epoch === epoch &&
    last.publicKey === peer.publicKey &&
    last.uploadedRaw === peer.uploadedBytes &&
    last.downloadedRaw === peer.downloadedBytes &&
    lastHandshake === peer.lastHandshakeAt;
  return same ? undefined : changed(last, { epoch, peer });
}

function changed(
  last: TrafficCounterRow | undefined,
  { epoch, peer }: { epoch: string; peer: PeerCounter },
) {
  const reading = {
    epoch,
    publicKey: peer.publicKey,
    uploadedRaw: peer.uploadedBytes,
    downloadedRaw: peer.downloadedBytes,
  };
  const delta = trafficSince(last, reading);
  return {
    ...reading,
    uploaded: (last?.uploaded ?? 0) + delta.uploaded,
    downloaded: (last?.downloaded ?? 0) + delta.downloaded,
    lastHandshakeAt: peer.lastHandshakeAt ?? last?.lastHandshakeAt ?? null,
    delta,
  };
}

async function write(
  em: EntityManager,
  rows: (Row & { deviceId: string })[],
  now: Instant,
): Promise<void> {
  if (rows.length === 0) return;
  const counters = rows.map(({ delta: _delta, ...row }) => ({ ...row, updatedAt: now }));
  await em.upsertMany(TrafficCounterRow, counters, { onConflictFields: ["deviceId"] });
  const moved = rows.filter(({ delta }) => delta.uploaded + delta.downloaded > 0);
  for (const { deviceId, delta } of moved) {
    await em.execute(
      `insert into traffic_daily (device_id, day, uploaded, downloaded) values (?, ?::date, ?, ?)
       on conflict (device_id, day) do update set
         uploaded = traffic_daily.uploaded + excluded.uploaded,
         downloaded = traffic_daily.downloaded + excluded.downloaded`,
      [deviceId, now.slice(0, 10), delta.uploaded, delta.downloaded],
    );
  }
}
