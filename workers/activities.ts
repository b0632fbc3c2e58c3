import type { DevicePorts } from "../activities/access/first-device.ts";
import { createAdoptionActivities } from "../activities/access/adoption.ts";
import { createDriftActivities } from "../activities/access/drift.ts";
import {
  createHostChangeActivities,
  createHostTestActivities,
  type HostTester,
} from "../activities/access/host-change.ts";
import type { HostDirectory } from "../activities/access/host-directory.ts";
import type { HostPolling } from "../activities/access/host-loop.ts";
import type { HostProbing } from "../activities/access/host-probing.ts";
import { createHostActivities } from "../activities/access/host.ts";
import { createLinkActivities } from "../activities/access/links.ts";
import { createSubscriptionActivities } from "../activities/access/subscription.ts";
import { createMessageActivities, type SendingObserver } from "../activities/messaging/messages.ts";
import type { Limits } from "../activities/messaging/rate-limiter.ts";
import { createTicketActivities } from "../activities/messaging/ticket.ts";
import { createAuditActivities } from "../activities/operations/audit.ts";
import { createSummaryActivities } from "../activities/operations/daily-summary.ts";
import { createShopActivities } from "../activities/operations/shop-change.ts";
import { createReconciliationActivities } from "../activities/operations/reconciliation.ts";
import type { PollingOptions } from "../activities/operations/reconciliation/polling.ts";
import type { GatewayDirectory } from "../activities/payments/gateway-directory.ts";
import { createCardActivities } from "../activities/payments/card.ts";
import { createPaymentActivities } from "../activities/payments/payment.ts";
import { createRefundActivities } from "../activities/payments/refund.ts";
import { createRenewalActivities } from "../activities/payments/renewal.ts";
import { createApprovalActivities } from "../activities/people/approval.ts";
import { createChannelActivities } from "../activities/people/channels.ts";
import { createPeopleActivities } from "../activities/people/people.ts";
import { endCalendar, listCalendars, startCalendar, wakeCalendar } from "../client/access.ts";
import type { DurableClient } from "../client/durable.ts";
import { GiveBacks } from "../db/access/give-backs.ts";
import { HostMigrations } from "../db/access/host-migrations.ts";
import type { ConfiguredHosts } from "../db/access/configured-hosts.ts";
import { Tickets } from "../db/messaging/tickets.ts";
import { listen, notify } from "../db/notifications.ts";
import { Lookups } from "../db/operations/lookups.ts";
import { Quarantine } from "../db/operations/quarantine.ts";
import { ShopChanges } from "../db/operations/shop-changes.ts";
import { Statements } from "../db/operations/statements.ts";
import { UnattendedWork } from "../db/operations/unattended.ts";
import { type Database, type Queries, queriesOf } from "../db/orm.ts";
import { ShopSettingsReader } from "../db/queries/operations/shop-settings.ts";
import { Decisions } from "../db/payments/decisions.ts";
import { Payments } from "../db/payments/payments.ts";
import { PlanNames } from "../db/payments/plans.ts";
import { Refunds } from "../db/payments/refunds.ts";
import { Renewals } from "../db/payments/renewals.ts";
import { UnmatchedPayments } from "../db/payments/unmatched.ts";
import { AdminActs } from "../db/people/admin-acts.ts";
import { Approvals } from "../db/people/approvals.ts";
import { Customers, findCustomer } from "../db/people/customers.ts";
import type { ReadCache } from "../db/read-cache.ts";
import type { Vault } from "../db/vault.ts";
import type { SubscriptionRef } from "../domain/access/subscription.ts";
import type { GroupId } from "../domain/ids.ts";
import type { ApprovalLimits } from "../domain/payments/refund.ts";
import type { Staff } from "../domain/people/customer.ts";
import type { SignupPolicy } from "../domain/people/signup.ts";
import type { Instant } from "../domain/time.ts";
import type { NewAccess } from "../gateways/hosts/port.ts";
import type { Memberships, Messenger } from "../gateways/messenger/port.ts";
import { textsIn } from "../texts/index.ts";
import { TemporalPaymentWorkflows } from "./payment-workflows.ts";

/** Everything that the activities act through. */
export interface WorkerPorts {
  readonly database: Pick<Database, "em" | "url">;
  readonly client: DurableClient;
  readonly vault: Vault;
  readonly cache: ReadCache;
  readonly messenger: Messenger & Memberships;
  readonly hosts: HostDirectory & HostTester;
  readonly configured: ConfiguredHosts;
  readonly newAccess: () => NewAccess;
  /** Where the api is reached; undefined: customers are given panels' own links. */
  readonly publicUrl?: string | undefined;
  readonly policy: SignupPolicy;
  readonly staff: Staff;
  /** The group whose topics show support; undefined: each admin's chat does. */
  readonly supportGroup?: GroupId | undefined;
  readonly gateways: GatewayDirectory;
  readonly refundLimits: ApprovalLimits;
  readonly gatewayPolling: PollingOptions;
  readonly hostPolling?: HostPolling;
  /** From where hosts' data planes are probed; undefined: they are not. */
  readonly hostProbing?: HostProbing | undefined;
  /** When this installation first used a gateway's account. */
  readonly startedAt: (account: string) => Instant;
  /** Told how messages ended. */
  readonly observer: SendingObserver;
  /** How fast messages are sent; undefined: as fast as Telegram allows. */
  readonly messageLimits?: Limits;
  /** Called with the number of disagreements that the daily audit found. */
  readonly onAudit: (disagreements: number) => void;
  /** Aborted when this process is about to end, before its workers shut down. */
  readonly endLoops: AbortSignal;
  readonly now: () => Date;
}

/** All activities: those of the workflows, and the loops of the reconcilers. */
export const createActivities = (ports: WorkerPorts) => ({
  workflows: workflowActivities(ports),
  reconcilers: reconcilerActivities(ports),
});

function workflowActivities(ports: WorkerPorts) {
  const { database, client, vault, newAccess, cache, policy, staff, gateways } = ports;
  const { em } = database;
  const devices: DevicePorts = { vault, newAccess, chooseName };
  return {
    ...createPeopleActivities({
      ...devices,
      em,
      customers: new Customers(em),
      acts: new AdminActs(em),
      cache,
      policy,
      staff,
      now: ports.now,
    }),
    ...createApprovalActivities({ approvals: new Approvals(em) }),
    ...createChannelActivities({ em, members: ports.messenger, cache }),
    ...createTicketActivities({ tickets: new Tickets(em, ports.supportGroup) }),
    ...createSubscriptionActivities({ ...devices, em, cache }),
    ...createLinkActivities({ em, vault, hosts: ports.hosts, shop: new ShopSettingsReader(em) }),
    ...createPaymentActivities({
      lookups: new Lookups(em),
      ...devices,
      em,
      payments: new Payments(em),
      decisions: new Decisions(em),
      unmatched: new UnmatchedPayments(em),
      gateways,
      planNames: new PlanNames(),
      cache,
    }),
    ...createCardActivities({ em, vault, payments: new Payments(em), gateways, cache }),
    ...createRenewalActivities({ em, renewals: new Renewals(em), gateways, cache }),
    ...createRefundActivities({
      ...devices,
      refunds: new Refunds(em),
      gateways,
      limits: ports.refundLimits,
      cache,
    }),
    ...createAuditActivities({
      em,
      calendars: {
        listRunning: () => listCalendars(client),
        start: (ref) => startCalendar(client, ref),
        wake: (ref) => wakeCalendar(client, ref),
        end: (of) => endCalendar(client, of),
      },
      onAudit: ports.onAudit,
    }),
    ...createShopActivities({ changes: new ShopChanges(em) }),
    ...createHostChangeActivities({
      hosts: ports.configured,
      migrations: new HostMigrations(em, { vault, newAccess }),
      giveBacks: new GiveBacks(em),
      cache,
    }),
    ...createSummaryActivities({ em }),
  };
}

function reconcilerActivities(ports: WorkerPorts) {
  const { database, client, vault, hosts, now, endLoops } = ports;
  const { em, url } = database;
  return {
    ...createMessageActivities({
      database,
      messenger: ports.messenger,
      vault,
      keys: {
        makeCredentials: async (host, access) => (await hosts.get(host)).credentials(access),
      },
      now,
      publicUrl: ports.publicUrl,
      observer: ports.observer,
      messageLimits: ports.messageLimits,
      endLoops,
    }),
    ...createHostActivities({
      em,
      vault,
      hosts,
      listen: () => listen(url, ["hosts"]),
      now,
      endLoops,
      probing: ports.hostProbing,
      ...(ports.hostPolling === undefined ? {} : { polling: ports.hostPolling }),
    }),
    ...createHostTestActivities(hosts),
    ...createDriftActivities({ em, hosts, now }),
    ...createAdoptionActivities({
      em,
      vault,
      hosts,
      newAccess: ports.newAccess,
      startCalendar: (ref) => startCalendar(client, ref),
      now,
    }),
    ...createReconciliationActivities({
      gateways: ports.gateways,
      statements: new Statements(em),
      lookups: new Lookups(em),
      quarantine: new Quarantine(em),
      unattended: new UnattendedWork(em),
      workflows: new TemporalPaymentWorkflows(client, em),
      listen: (channels) => listen(url, channels),
      notify: (channel) => notify(queriesOf(em), channel),
      startedAt: ports.startedAt,
      polling: ports.gatewayPolling,
      endLoops,
    }),
  };
}

/** The name of a new device, in its owner's language. */
async function chooseName(db: Queries, { telegramId }: SubscriptionRef): Promise<string> {
  const language = (await findCustomer(db, telegramId))?.language ?? "en";
  return textsIn(language).access.device.defaultName;
}
