import type { EntityManager } from "@mikro-orm/postgresql";
import { type DeviceId, deviceId, type SubscriptionId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";

/** A device as its owner sees it: nothing secret. Bytes are totals since it was added. */
export interface DeviceSeen {
  readonly id: DeviceId;
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly uploadedToday: number;
  readonly downloadedToday: number;
  readonly lastHandshakeAt: Instant | undefined;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly uploaded: string | null;
  readonly downloaded: string | null;
  readonly uploaded_today: string | null;
  readonly downloaded_today: string | null;
  readonly last_handshake_at: Date | string | null;
}

export class DevicesSeen {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The living devices of a subscription, oldest first, in one query. `now` says which day today is. */
  async of(subscriptionId: SubscriptionId, now: Instant): Promise<DeviceSeen[]> {
    const rows: Row[] = await this.#em.fork().execute(
      `select d.id, d.name, h.name as host, d.address, c.uploaded, c.downloaded,
              t.uploaded as uploaded_today, t.downloaded as downloaded_today, c.last_handshake_at
         from devices d
         join hosts h on h.id = d.host_id
         left join traffic_counters c on c.device_id = d.id
         left join traffic_daily t on t.device_id = d.id and t.day = ?::date
        where d.subscription_id = ? and d.revoked_at is null
        order by d.created_at, d.id`,
      [now.slice(0, 10), subscriptionId],
    );
    return rows.map((row) => ({
      id: deviceId(row.id),
      name: row.name,
      host: row.host,
      address: row.address,
      uploaded: Number(row.uploaded ?? 0),
      downloaded: Number(row.downloaded ?? 0),
      uploadedToday: Number(row.uploaded_today ?? 0),
      downloadedToday: Number(row.downloaded_today ?? 0),
      lastHandshakeAt: row.last_handshake_at ? instant(row.last_handshake_at) : undefined,
    }));
  }
}
