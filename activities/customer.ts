import type { Audit, RecordedAct } from "../db/audit.ts";
import type { Customers } from "../db/customers.ts";
import type { ReadCache } from "../db/read-cache.ts";
import type { AdminActRequest } from "../domain/admin-act.ts";
import type { Language, Profile } from "../domain/customer.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";

export interface CustomerPorts {
  readonly customers: Customers;
  readonly audit: Audit;
  readonly cache: ReadCache;
}

export type CustomerActivities = ReturnType<typeof createCustomerActivities>;

export function createCustomerActivities({ customers, audit, cache }: CustomerPorts) {
  return {
    async changeLanguage(telegramId: TelegramId, language: Language): Promise<void> {
      await customers.setLanguage(telegramId, language);
      await cache.forget(telegramId);
    },

    /** Names follow Telegram; a @username that changed hands is known of its latest holder alone. */
    async followProfile(profile: Profile): Promise<void> {
      const former = await customers.follow(profile);
      for (const one of [profile.telegramId, ...former]) await cache.forget(one);
    },

    async recordAct(request: AdminActRequest, now: Instant): Promise<RecordedAct> {
      const recorded = await audit.actOnce(request, now);
      await cache.forget(request.act.customer);
      return recorded;
    },
  };
}
