import type { EntityManager } from "../db/orm.ts";
import { FigureQueries } from "../db/queries/operations/figures.ts";
import { ShopSettingsReader } from "../db/queries/operations/shop-settings.ts";
import { DeviceQueries } from "../db/queries/access/devices.ts";
import { HostQueries } from "../db/queries/access/hosts.ts";
import { LocationQueries } from "../db/queries/access/location-offers.ts";
import { MaintenanceQueries } from "../db/queries/access/maintenances.ts";
import { LinkQueries } from "../db/queries/access/links.ts";
import { TicketQueries } from "../db/queries/messaging/tickets.ts";
import { PaymentTimelines } from "../db/queries/payments/payment-timelines.ts";
import { PaymentQueries } from "../db/queries/payments/payments.ts";
import { PlanQueries } from "../db/queries/payments/plans.ts";
import { RenewalQueries } from "../db/queries/payments/renewals.ts";
import { UnmatchedQueries } from "../db/queries/payments/unmatched.ts";
import { AdminQueries } from "../db/queries/people/admin.ts";
import { CustomerQueries } from "../db/queries/people/customers.ts";
import type { SettingValues } from "../domain/operations/shop-settings.ts";
import type { ReadCache } from "../db/read-cache.ts";

/** What `openReaders` gives. */
export type BotReaders = ReturnType<typeof openReaders>;

/**
 * Everything that the bot reads; `em` needs no right but SELECT. `own` are the settings of the shop
 * that the bot knows from its environment.
 */
export function openReaders(em: EntityManager, cache: ReadCache, own: SettingValues = {}) {
  return {
    shop: new ShopSettingsReader(em, own),
    customers: new CustomerQueries(em, cache),
    devices: new DeviceQueries(em),
    hosts: new HostQueries(em),
    maintenances: new MaintenanceQueries(em),
    links: new LinkQueries(em),
    locations: new LocationQueries(em),
    admin: new AdminQueries(em),
    tickets: new TicketQueries(em),
    figures: new FigureQueries(em),
    plans: new PlanQueries(em),
    payments: new PaymentQueries(em),
    timelines: new PaymentTimelines(em),
    renewals: new RenewalQueries(em),
    unmatched: new UnmatchedQueries(em),
  };
}
