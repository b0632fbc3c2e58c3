import { type EntityManager, queriesOf } from "../../db/orm.ts";
import type { Renewals } from "../../db/payments/renewals.ts";
import { findStarChange, recordStarChange } from "../../db/payments/star-subscriptions.ts";
import { notifyAdmins } from "../../db/people/admin-notices.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import { starsGateway } from "../../domain/payments/payment.ts";
import { Refused } from "../../gateways/refused.ts";
import type { RenewalSteps } from "../../workflows/steps/payments.ts";
import { retriedInTime } from "../failure.ts";
import type { GatewayDirectory } from "./gateway-directory.ts";

/** What the steps of auto-renewals read, write and ask. */
export interface RenewalPorts {
  readonly em: EntityManager;
  readonly renewals: Renewals;
  readonly gateways: GatewayDirectory;
  readonly cache: ReadCache;
}

/** The activities of auto-renewals. */
export function createRenewalActivities(ports: RenewalPorts): RenewalSteps {
  const { em, renewals, gateways, cache } = ports;
  return {
    async changeRenewal(request, now) {
      const changed = await renewals.change(request, now);
      await cache.forget(request.telegramId);
      return changed;
    },

    findStarChange: ({ id }) => findStarChange(queriesOf(em), id),

    async changeStars(payer, { orderId, reference, isCanceled }) {
      // A gateway that is switched off is an outage here: Telegram goes on charging.
      const gateway = await gateways.get(starsGateway).catch((error: unknown) => {
        throw new Error(`Stars cannot be changed: ${String(error)}`);
      });
      try {
        await gateway.changeRecurring?.({ payer, reference, isCanceled });
      } catch (error) {
        if (!(error instanceof Refused)) throw retriedInTime(error);
        const { message: reason } = error;
        const notice = { kind: "inconsistent", gateway: starsGateway, reason } as const;
        await notifyAdmins(queriesOf(em), `stars/${orderId}/${isCanceled}`, notice);
      }
    },

    recordStarChange: (change) => recordStarChange(queriesOf(em), change),
  };
}
