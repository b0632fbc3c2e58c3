import type { Renewals } from "../../db/payments/renewals.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import type { RenewalSteps } from "../../workflows/steps/payments.ts";

/** What the steps of auto-renewals read and write. */
export interface RenewalPorts {
  readonly renewals: Renewals;
  readonly cache: ReadCache;
}

/** The activities of auto-renewals. */
export function createRenewalActivities({ renewals, cache }: RenewalPorts): RenewalSteps {
  return {
    async changeRenewal(request, now) {
      const changed = await renewals.change(request, now);
      await cache.forget(request.telegramId);
      return changed;
    },
  };
}
