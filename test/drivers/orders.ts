import type { EntityManager } from "../../db/orm.ts";
import { telegramId } from "../../domain/ids.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import { BookShop, planFor } from "./shop.ts";

export { planFor };

/** Adds what is needed before anybody can buy: two plans, and a gateway for all currencies. */
export async function openShop(em: EntityManager): Promise<void> {
  await new BookShop(() => em).open();
}

let people = 9_000;

/** Opens an order, for a new customer unless `person` is set. */
export async function openOrder(
  em: EntityManager,
  choice: { readonly plan?: string; readonly gateway?: string; readonly person?: number } = {},
): Promise<PaymentOrder> {
  const { person: id = (people += 1), ...wanted } = choice;
  const shop = new BookShop(() => em);
  return shop.order({ ...wanted, person: await shop.person(telegramId(id)) });
}
