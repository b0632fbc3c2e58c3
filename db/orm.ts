import { Migrator } from "@mikro-orm/migrations";
import { type EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { ApprovalRow } from "./approval.ts";
import { AuditEntryRow } from "./audit-entry.ts";
import { CustomerRow } from "./customer.ts";
import { DeliveryRow } from "./delivery.ts";
import { DeviceRow, RetiredKeyRow } from "./device.ts";
import { LedgerEntryRow } from "./ledger-entry.ts";
import { HostRow } from "./host.ts";
import { Migration0001Access } from "./migrations/0001-access.ts";
import { Migration0002Payments } from "./migrations/0002-payments.ts";
import { Migration0003InvoiceAsked } from "./migrations/0003-invoice-asked.ts";
import {
  ChargeRow,
  GatewayEventRow,
  PaymentRow,
  RefundRow,
  SettlementRow,
  UnmatchedRow,
} from "./payment.ts";
import { GatewayRow, PlanRow } from "./plan.ts";
import { GrantRow, SubscriptionRow } from "./subscription.ts";
import { PreparingClient } from "./prepared.ts";
import { TrafficCounterRow, TrafficDayRow } from "./traffic-counter.ts";

export type { EntityManager };

const entities = [
  ApprovalRow,
  AuditEntryRow,
  ChargeRow,
  CustomerRow,
  DeliveryRow,
  DeviceRow,
  GatewayEventRow,
  GatewayRow,
  GrantRow,
  HostRow,
  LedgerEntryRow,
  PaymentRow,
  PlanRow,
  RefundRow,
  RetiredKeyRow,
  SettlementRow,
  SubscriptionRow,
  TrafficCounterRow,
  TrafficDayRow,
  UnmatchedRow,
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
      migrationsList: [
        { name: "0001-access", class: Migration0001Access },
        { name: "0002-payments", class: Migration0002Payments },
        { name: "0003-invoice-asked", class: Migration0003InvoiceAsked },
      ],
      snapshot: false,
    },
    pool: { min: 0, max: poolSize },
    forceUtcTimezone: true,
    driverOptions: { Client: PreparingClient },
  });
  return {
    em: orm.em,
    ping: async () => void (await orm.em.fork().execute("select 1")),
    migrate: async () => void (await orm.migrator.up()),
    close: () => orm.close(true),
  };
}
