import { createApprovalActivities } from "../activities/approval.ts";
import { createCustomerActivities } from "../activities/customer.ts";
import { createHostActivities } from "../activities/host.ts";
import { InvoiceDesk } from "../activities/invoice-desk.ts";
import { Outbox } from "../activities/outbox.ts";
import type { GatewayDirectory } from "../activities/gateway-directory.ts";
import { createPaymentActivities } from "../activities/payment.ts";
import {
  createReconciliationActivities,
  type PaymentDoor,
  type ReconciliationPorts,
} from "../activities/reconciliation.ts";
import { createRefundActivities } from "../activities/refund.ts";
import { createSignupActivities } from "../activities/signup.ts";
import { createSubscriptionActivities, type HostDirectory } from "../activities/subscription.ts";
import { Approvals } from "../db/approvals.ts";
import { Audit } from "../db/audit.ts";
import { Customers } from "../db/customers.ts";
import { Deliveries } from "../db/deliveries.ts";
import { Devices } from "../db/devices.ts";
import { Hosts } from "../db/hosts.ts";
import type { EntityManager } from "../db/orm.ts";
import { Payments } from "../db/payments.ts";
import { PlansForSale } from "../db/readers/plans-for-sale.ts";
import { Refunds } from "../db/refunds.ts";
import { Settlement } from "../db/settlement.ts";
import { Statements } from "../db/statements.ts";
import { Unmatched } from "../db/unmatched.ts";
import type { ReadCache } from "../db/read-cache.ts";
import { Subscriptions } from "../db/subscriptions.ts";
import { Traffic } from "../db/traffic.ts";
import type { Vault } from "../db/vault.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { ApprovalLimits } from "../domain/refund.ts";
import type { SignupPolicy } from "../domain/signup.ts";
import type { Messenger } from "../gateways/messenger.ts";
import { generateKeyPair, generatePresharedKey } from "../gateways/vpn-host/keys.ts";

export interface World {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly cache: ReadCache;
  readonly messenger: Messenger;
  readonly hosts: HostDirectory;
  readonly policy: SignupPolicy;
  readonly adminIds: readonly TelegramId[];
  readonly gateways: GatewayDirectory;
  readonly door: PaymentDoor;
  readonly refundLimits: ApprovalLimits;
  readonly pace: ReconciliationPorts["pace"];
}

/** All steps that workflows can take, over the real world. */
export function createActivities(world: World) {
  const { em, vault, cache, messenger, hosts, policy, adminIds } = world;
  const customers = new Customers(em);
  const approvals = new Approvals(em);
  const subscriptions = new Subscriptions(em);
  const devices = new Devices(em, vault);
  const outbox = new Outbox({ messenger, deliveries: new Deliveries(em), customers, cache });
  return {
    ...createSignupActivities({
      customers,
      subscriptions,
      devices,
      approvals,
      outbox,
      cache,
      policy,
      adminIds,
    }),
    ...createApprovalActivities({ approvals, customers, outbox }),
    ...createSubscriptionActivities({ subscriptions, devices, hosts, outbox, cache, makeKeys }),
    ...createHostActivities({
      devices,
      hosts,
      hostBooks: new Hosts(em, vault),
      traffic: new Traffic(em),
      subscriptions,
    }),
    ...createCustomerActivities({ customers, audit: new Audit(em), cache }),
    ...moneyActivities(world, { customers, outbox }),
  };
}

function moneyActivities(
  { em, gateways, door, refundLimits: limits, pace }: World,
  { customers, outbox }: { readonly customers: Customers; readonly outbox: Outbox },
) {
  const payments = new Payments(em);
  const invoices = new InvoiceDesk({ payments, plans: new PlansForSale(em), outbox });
  return {
    ...createPaymentActivities({
      payments,
      settlement: new Settlement(em),
      unmatched: new Unmatched(em),
      gateways,
      invoices,
      customers,
      outbox,
      door,
    }),
    ...createRefundActivities({ refunds: new Refunds(em), gateways, limits }),
    ...createReconciliationActivities({
      gateways,
      payments,
      statements: new Statements(em),
      door,
      pace,
    }),
  };
}

const makeKeys = () => ({ ...generateKeyPair(), presharedKey: generatePresharedKey() });
