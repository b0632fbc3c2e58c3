import type { Approvals } from "../db/approvals.ts";
import type { Customers } from "../db/customers.ts";
import type { Devices } from "../db/devices.ts";
import type { ReadCache } from "../db/read-cache.ts";
import type { Subscriptions } from "../db/subscriptions.ts";
import { type Customer, type Profile, referrerOf } from "../domain/customer.ts";
import type { ApprovalId, TelegramId } from "../domain/ids.ts";
import type { Notice } from "../domain/notice.ts";
import { type Entrance, entranceFor, type SignupPolicy } from "../domain/signup.ts";
import type { SubscriptionRef } from "../domain/subscription.ts";
import { type Instant, instant } from "../domain/time.ts";
import type { Outbox, Told } from "./outbox.ts";

export interface SignupPorts {
  readonly customers: Customers;
  readonly subscriptions: Subscriptions;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly outbox: Outbox;
  readonly cache: ReadCache;
  readonly policy: SignupPolicy;
  readonly adminIds: readonly TelegramId[];
}

export interface Arrived {
  readonly customer: Customer;
  readonly entrance: Entrance;
  readonly policy: SignupPolicy;
}

export type SignupActivities = ReturnType<typeof createSignupActivities>;

export function createSignupActivities(ports: SignupPorts) {
  const { customers, subscriptions, devices, approvals, outbox, cache, policy } = ports;
  return {
    /** Knows the person, and says which way they go on. */
    async register(profile: Profile, payload: string | undefined): Promise<Arrived> {
      const now = instant(new Date());
      const admin = ports.adminIds.includes(profile.telegramId);
      const referrer = referrerOf(payload, profile.telegramId);
      const customer = await customers.register(profile, { admin, referrer, now });
      const former = await customers.follow(profile);
      for (const one of [profile.telegramId, ...former]) await cache.forget(one);
      return { customer, entrance: entranceFor(customer, policy, now), policy };
    },

    tell: (to: TelegramId, notice: Notice): Promise<Told> => outbox.notify(to, notice),

    /** Puts other words, and no buttons, in the place of an earlier message; sends them where there is none. */
    retell: (to: TelegramId, messageId: number | undefined, notice: Notice): Promise<Told> =>
      messageId === undefined ? outbox.notify(to, notice) : outbox.renotify(to, messageId, notice),

    /** Undefined: the customer was blocked while the request was open. */
    async openSubscription(telegramId: TelegramId): Promise<SubscriptionRef | undefined> {
      const opened = await subscriptions.openOnce(telegramId);
      await cache.forget(telegramId);
      return opened;
    },

    /** Writes the rejection and answers from when on the person may ask again. */
    async reject(telegramId: TelegramId, now: Instant): Promise<Instant> {
      await customers.reject(telegramId, now);
      await cache.forget(telegramId);
      return instant(Date.parse(now) + policy.reapplyAfterMs);
    },

    /** What waits for an admin who has just arrived. */
    openApprovals: (): Promise<ApprovalId[]> => approvals.openIds(),

    /** The subscription of a customer who is back and some of whose keys never reached the chat. */
    async missedKeys(telegramId: TelegramId): Promise<SubscriptionRef | undefined> {
      const ref = await subscriptions.openOnce(telegramId);
      const missed = ref === undefined ? [] : await devices.undelivered(ref.id);
      return missed.length > 0 ? ref : undefined;
    },
  };
}
