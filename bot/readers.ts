import type { EntityManager } from "../db/orm.ts";
import { AdminQueries } from "../db/queries/admin.ts";
import { CustomerQueries } from "../db/queries/customers.ts";
import { DeviceQueries } from "../db/queries/devices.ts";
import { PaymentTimelines } from "../db/queries/payment-timelines.ts";
import { PaymentQueries } from "../db/queries/payments.ts";
import { PlanQueries } from "../db/queries/plans.ts";
import { UnmatchedQueries } from "../db/queries/unmatched.ts";
import type { ReadCache } from "../db/read-cache.ts";

export type BotReaders = ReturnType<typeof openReaders>;

/** All that the bot reads; `em` needs no right but SELECT. */
export function openReaders(em: EntityManager, cache: ReadCache) {
  return {
    customers: new CustomerQueries(em, cache),
    devices: new DeviceQueries(em),
    admin: new AdminQueries(em),
    plans: new PlanQueries(em),
    payments: new PaymentQueries(em),
    timelines: new PaymentTimelines(em),
    unmatched: new UnmatchedQueries(em),
  };
}
