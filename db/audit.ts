import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import { type ActRefusal, type AdminActRequest, refusalOf } from "../domain/admin-act.ts";
import type { CustomerStatus } from "../domain/customer.ts";
import { type SubscriptionId, subscriptionId, type TelegramId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import { AuditEntryRow } from "./audit-entry.ts";
import { CustomerRow } from "./customer.ts";
import { isAdmin } from "./customers.ts";
import { SubscriptionRow } from "./subscription.ts";

export type RecordedAct =
  | {
      readonly kind: "done";
      readonly subscriptionId: SubscriptionId | undefined;
      readonly name: string;
    }
  | { readonly kind: "refused"; readonly why: ActRefusal };

export class Audit {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Writes an admin's act and what it changes of the customer, together and once per request. */
  async actOnce({ requestId, by, act }: AdminActRequest, now: Instant): Promise<RecordedAct> {
    return this.#em.fork().transactional(async (em): Promise<RecordedAct> => {
      if (!(await isAdmin(em, by))) return { kind: "refused", why: "notAdmin" };
      const customer = await lockCustomer(em, act.customer);
      if (customer === null) return { kind: "refused", why: "noCustomer" };
      const why = refusalOf(act, customer.role === "admin");
      if (why !== undefined) return { kind: "refused", why };
      const subscription = await em.findOne(SubscriptionRow, { customerId: customer.id });
      const needsSubscription = act.kind === "extend" || act.kind === "revoke";
      if (needsSubscription && subscription === null) {
        return { kind: "refused", why: "noSubscription" };
      }
      const done = {
        kind: "done",
        subscriptionId: subscription ? subscriptionId(subscription.id) : undefined,
        name: customer.firstName,
      } as const;
      if ((await em.count(AuditEntryRow, { requestId })) > 0) return done;
      const before = { status: customer.status, paidUntil: subscription?.paidUntil ?? null };
      customer.status = statusAfter(act.kind, customer.status, subscription !== null);
      const after = {
        status: customer.status,
        ...(act.kind === "extend" ? { addedDays: act.days } : {}),
      };
      await em.insert(AuditEntryRow, {
        requestId,
        actor: by,
        act: act.kind,
        customerId: customer.id,
        before,
        after,
        at: now,
      });
      return done;
    });
  }
}

const lockCustomer = (em: EntityManager, telegramId: TelegramId) =>
  em.findOne(CustomerRow, { telegramId }, { lockMode: LockMode.PESSIMISTIC_WRITE });

function statusAfter(
  act: AdminActRequest["act"]["kind"],
  now: CustomerStatus,
  hasSubscription: boolean,
): CustomerStatus {
  switch (act) {
    case "block":
      return "blocked";
    case "unblock":
      if (now !== "blocked") return now;
      return hasSubscription ? "active" : "pending";
    case "extend":
    case "revoke":
      return now;
  }
}
