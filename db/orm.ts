import { Migrator } from "@mikro-orm/migrations";
import { type EntityManager, type InferKyselyDB, MikroORM } from "@mikro-orm/postgresql";
import type { Kysely } from "kysely";
import { Migration0001Access } from "./migrations/0001-access.ts";
import { Migration0002Payments } from "./migrations/0002-payments.ts";
import { Migration0003Messages } from "./migrations/0003-messages.ts";
import { Migration0004ShopSettings } from "./migrations/0004-shop-settings.ts";
import { Migration0005Support } from "./migrations/0005-support.ts";
import { Migration0006ShownMessages } from "./migrations/0006-shown-messages.ts";
import { Migration0007Renewals } from "./migrations/0007-renewals.ts";
import { Migration0008RefundsByHand } from "./migrations/0008-refunds-by-hand.ts";
import { Migration0009Figures } from "./migrations/0009-figures.ts";
import { Migration0010CardConsents } from "./migrations/0010-card-consents.ts";
import { Migration0011Extras } from "./migrations/0011-extras.ts";
import { Migration0012AdminSide } from "./migrations/0012-admin-side.ts";
import { Migration0013Channels } from "./migrations/0013-channels.ts";
import { Migration0014AddOns } from "./migrations/0014-add-ons.ts";
import { Migration0015Senders } from "./migrations/0015-senders.ts";
import { Migration0017PausedDevices } from "./migrations/0017-paused-devices.ts";
import { Migration0018Panels } from "./migrations/0018-panels.ts";
import { Migration0019SeveralSubscriptions } from "./migrations/0019-several-subscriptions.ts";
import { Migration0020HostSettings } from "./migrations/0020-host-settings.ts";
import { Migration0021SubscriptionLinks } from "./migrations/0021-subscription-links.ts";
import { Migration0022ReturnedMoney } from "./migrations/0022-returned-money.ts";
import { Migration0023Locations } from "./migrations/0023-locations.ts";
import { Migration0025SecondAddresses } from "./migrations/0025-second-addresses.ts";
import { Migration0027TrafficMonths } from "./migrations/0027-traffic-months.ts";
import { Migration0028Adoption } from "./migrations/0028-adoption.ts";
import { Migration0029MovedAccesses } from "./migrations/0029-moved-accesses.ts";
import { Migration0030HostMigrations } from "./migrations/0030-host-migrations.ts";
import { Migration0031HostHealth } from "./migrations/0031-host-health.ts";
import { Migration0032LimitPeriods } from "./migrations/0032-limit-periods.ts";
import { Migration0033HostMaintenances } from "./migrations/0033-host-maintenances.ts";
import { Migration0034Grace } from "./migrations/0034-grace.ts";
import { Migration0035ForgottenLinks } from "./migrations/0035-forgotten-links.ts";
import { PreparingClient } from "./prepared.ts";
import { AccessTable } from "./tables/access/access.ts";
import { DeviceLinkTable } from "./tables/access/device-link.ts";
import { DeviceTable } from "./tables/access/device.ts";
import { ExternalUserTable } from "./tables/access/external-user.ts";
import { FileLinkTable } from "./tables/access/file-link.ts";
import { GiveBackTable } from "./tables/access/give-back.ts";
import { HostMaintenanceTable } from "./tables/access/host-maintenance.ts";
import { HostProbeTable } from "./tables/access/host-probe.ts";
import { HostMigrationTable } from "./tables/access/host-migration.ts";
import { HostTable } from "./tables/access/host.ts";
import { LinkHwidTable } from "./tables/access/link-hwid.ts";
import { LinkSourceTable } from "./tables/access/link-source.ts";
import { LocationTable } from "./tables/access/location.ts";
import { SubscriptionTable } from "./tables/access/subscription.ts";
import { TimeLotTable } from "./tables/access/time-lot.ts";
import { TrafficCounterTable } from "./tables/access/traffic-counter.ts";
import { TrafficDayTable } from "./tables/access/traffic-day.ts";
import { TrafficMonthTable } from "./tables/access/traffic-month.ts";
import { UnknownPeerTable } from "./tables/access/unknown-peer.ts";
import { MessageTable } from "./tables/messaging/message.ts";
import { TicketMessageTable } from "./tables/messaging/ticket-message.ts";
import { TicketTable } from "./tables/messaging/ticket.ts";
import { AuditEntryTable } from "./tables/operations/audit-entry.ts";
import { FindingTable } from "./tables/operations/finding.ts";
import { QuarantineTable } from "./tables/operations/quarantine.ts";
import { SettingTable } from "./tables/operations/setting.ts";
import { ShopSettingTable } from "./tables/operations/shop-setting.ts";
import { StatementCursorTable } from "./tables/operations/statement-cursor.ts";
import { AddOnTable } from "./tables/payments/add-on.ts";
import { ChargeTable } from "./tables/payments/charge.ts";
import { DecisionTable } from "./tables/payments/decision.ts";
import { GatewayEventTable } from "./tables/payments/gateway-event.ts";
import { GatewayTable } from "./tables/payments/gateway.ts";
import { LedgerEntryTable } from "./tables/payments/ledger-entry.ts";
import { PaymentTable } from "./tables/payments/payment.ts";
import { PlanTable } from "./tables/payments/plan.ts";
import { RefundTable } from "./tables/payments/refund.ts";
import { RenewalTable } from "./tables/payments/renewal.ts";
import { CardConsentTable } from "./tables/payments/card-consent.ts";
import { StarSubscriptionTable } from "./tables/payments/star-subscription.ts";
import { UnmatchedTable } from "./tables/payments/unmatched.ts";
import { ApprovalTable } from "./tables/people/approval.ts";
import { CustomerTable } from "./tables/people/customer.ts";

const entities = [
  AccessTable,
  AddOnTable,
  ApprovalTable,
  AuditEntryTable,
  ChargeTable,
  CustomerTable,
  DecisionTable,
  DeviceLinkTable,
  DeviceTable,
  ExternalUserTable,
  FileLinkTable,
  FindingTable,
  GatewayEventTable,
  CardConsentTable,
  GatewayTable,
  GiveBackTable,
  HostMaintenanceTable,
  HostProbeTable,
  HostMigrationTable,
  HostTable,
  LedgerEntryTable,
  LinkHwidTable,
  LinkSourceTable,
  LocationTable,
  MessageTable,
  PaymentTable,
  PlanTable,
  QuarantineTable,
  RefundTable,
  RenewalTable,
  SettingTable,
  ShopSettingTable,
  StarSubscriptionTable,
  StatementCursorTable,
  SubscriptionTable,
  TicketMessageTable,
  TicketTable,
  TimeLotTable,
  TrafficCounterTable,
  TrafficDayTable,
  TrafficMonthTable,
  UnknownPeerTable,
  UnmatchedTable,
] as const;

const initialize = (url: string, poolSize: number) =>
  MikroORM.init({
    clientUrl: url,
    entities: [...entities],
    extensions: [Migrator],
    migrations: {
      migrationsList: [
        { name: "0001-access", class: Migration0001Access },
        { name: "0002-payments", class: Migration0002Payments },
        { name: "0003-messages", class: Migration0003Messages },
        { name: "0004-shop-settings", class: Migration0004ShopSettings },
        { name: "0005-support", class: Migration0005Support },
        { name: "0006-shown-messages", class: Migration0006ShownMessages },
        { name: "0007-renewals", class: Migration0007Renewals },
        { name: "0008-refunds-by-hand", class: Migration0008RefundsByHand },
        { name: "0009-figures", class: Migration0009Figures },
        { name: "0010-card-consents", class: Migration0010CardConsents },
        { name: "0011-extras", class: Migration0011Extras },
        { name: "0012-admin-side", class: Migration0012AdminSide },
        { name: "0013-channels", class: Migration0013Channels },
        { name: "0014-add-ons", class: Migration0014AddOns },
        { name: "0015-senders", class: Migration0015Senders },
        { name: "0017-paused-devices", class: Migration0017PausedDevices },
        { name: "0018-panels", class: Migration0018Panels },
        { name: "0019-several-subscriptions", class: Migration0019SeveralSubscriptions },
        { name: "0020-host-settings", class: Migration0020HostSettings },
        { name: "0021-subscription-links", class: Migration0021SubscriptionLinks },
        { name: "0022-returned-money", class: Migration0022ReturnedMoney },
        { name: "0023-locations", class: Migration0023Locations },
        { name: "0025-second-addresses", class: Migration0025SecondAddresses },
        { name: "0027-traffic-months", class: Migration0027TrafficMonths },
        { name: "0028-adoption", class: Migration0028Adoption },
        { name: "0029-moved-accesses", class: Migration0029MovedAccesses },
        { name: "0030-host-migrations", class: Migration0030HostMigrations },
        { name: "0031-host-health", class: Migration0031HostHealth },
        { name: "0032-limit-periods", class: Migration0032LimitPeriods },
        { name: "0033-host-maintenances", class: Migration0033HostMaintenances },
        { name: "0034-grace", class: Migration0034Grace },
        { name: "0035-forgotten-links", class: Migration0035ForgottenLinks },
      ],
      snapshot: false,
    },
    pool: { min: 0, max: poolSize },
    forceUtcTimezone: true,
    driverOptions: { Client: PreparingClient },
  });

export type { EntityManager };

const naming = { columnNamingStrategy: "property", convertValues: true } as const;

/**
 * Typed queries on this entity manager's connection: inside `em.transactional` they belong to its
 * transaction. Columns are named like the tables' properties;
 * whole numbers, moments and JSON are converted.
 */
export const queriesOf = (em: EntityManager): Queries =>
  em.getKysely<undefined, typeof naming>(naming);

type Inferred = InferKyselyDB<(typeof entities)[number], typeof naming>;

/** All tables as the entities declare them. An interface, so that the compiler computes it once. */
export interface Schema extends Inferred {}

/** Typed queries on one connection or transaction: see `queriesOf`. */
export type Queries = Kysely<Schema>;

/** Runs `work` in one transaction and commits what it wrote. */
export const inTransaction = <Result>(
  em: EntityManager,
  work: (db: Queries) => Promise<Result>,
): Promise<Result> => em.fork().transactional((inner) => work(queriesOf(inner)));

/** An open connection pool, with the ORM's identity map and migrations. */
export interface Database {
  readonly em: EntityManager;
  /** Its URL: reconcilers open listening connections of their own there. */
  readonly url: string;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Runs the migrations that have not run yet. */
  migrate(): Promise<void>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Opens a pool. It connects with the first query, so it does not fail when the database is down.
 */
export async function openDatabase(url: string, poolSize = 10): Promise<Database> {
  const orm = await initialize(url, poolSize);
  return {
    em: orm.em,
    url,
    ping: async () => void (await orm.em.fork().execute("select 1")),
    migrate: async () => void (await orm.migrator.up()),
    close: () => orm.close(true),
  };
}
