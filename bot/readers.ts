import type { EntityManager } from "../db/orm.ts";
import type { ReadCache } from "../db/read-cache.ts";
import { Desk } from "../db/readers/desk.ts";
import { DevicesSeen } from "../db/readers/devices-seen.ts";
import { MoneyDesk } from "../db/readers/money-desk.ts";
import { PaymentStories } from "../db/readers/payment-story.ts";
import { PaymentsSeen } from "../db/readers/payments-seen.ts";
import { People } from "../db/readers/people.ts";
import { PlansHeld } from "../db/readers/plan-held.ts";
import { PlansForSale } from "../db/readers/plans-for-sale.ts";

export type BotReaders = ReturnType<typeof openReaders>;

/** All that the bot reads; `em` needs no right but SELECT. */
export function openReaders(em: EntityManager, cache: ReadCache) {
  return {
    people: new People(em, cache),
    devices: new DevicesSeen(em),
    desk: new Desk(em),
    plans: new PlansForSale(em),
    held: new PlansHeld(em),
    payments: new PaymentsSeen(em),
    stories: new PaymentStories(em),
    moneyDesk: new MoneyDesk(em),
  };
}
