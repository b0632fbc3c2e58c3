import { Migrator } from "@mikro-orm/migrations";
import { type EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { ApprovalRow } from "./approval.ts";
import { AuditEntryRow } from "./audit-entry.ts";
import { CustomerRow } from "./customer.ts";
import { DeliveryRow } from "./delivery.ts";
import { DeviceRow, RetiredKeyRow } from "./device.ts";
import { HostRow } from "./host.ts";
import { Migration0001Access } from "./migrations/0001-access.ts";
import { GrantRow, SubscriptionRow } from "./subscription.ts";
import { TrafficCounterRow, TrafficDayRow } from "./traffic-counter.ts";

export type { EntityManager };

const entities = [
  ApprovalRow,
  AuditEntryRow,
  CustomerRow,
  DeliveryRow,
  DeviceRow,
  GrantRow,
  HostRow,
  RetiredKeyRow,
  SubscriptionRow,
  TrafficCounterRow,
  TrafficDayRow,
];

export interface Database {
  /** Repositories fork it for every call. */
  readonly em: EntityManager;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a pool; nothing is sent before the first query, so a database that is away is no error here. */
export async function openDatabase(url: string, poolSize = 10): Promise<Database> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities,
    extensions: [Migrator],
    migrations: {
      migrationsList: [{ name: "0001-access", class: Migration0001Access }],
      snapshot: false,
    },
    pool: { min: 0, max: poolSize },
    forceUtcTimezone: true,
  });
  return {
    em: orm.em,
    ping: async () => void (await orm.em.fork().execute("select 1")),
    migrate: async () => void (await orm.migrator.up()),
    close: () => orm.close(true),
  };
}
