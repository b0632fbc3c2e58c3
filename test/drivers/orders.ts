import type { EntityManager } from "../../db/orm.ts";
import { telegramId } from "../../domain/ids.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import { BookShop, planFor } from "./shop.ts";

export { planFor };

/** What a shop needs before anybody can buy: two plans and a gateway that takes all currencies. */
export async function openShop(em: EntityManager): Promise<void> {
  await new BookShop(() => em).open();
}

let people = 9_000;

/** An order of a customer of its own, open. */
export async function openOrder(
  em: EntityManager,
  given: { readonly plan?: string; readonly gateway?: string; readonly person?: number } = {},
): Promise<PaymentOrder> {
  const { person: id = (people += 1), ...wanted } = given;
  const shop = new BookShop(() => em);
  return shop.order({ ...wanted, person: await shop.person(telegramId(id)) });
}
