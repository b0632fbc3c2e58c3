import type { ShopChangeRequest, ShopChangeResult } from "../domain/operations/shop-change.ts";
import { instant } from "../domain/time.ts";
import { localDb } from "./steps/operations.ts";

/** One change of the shop's settings or plans, booked once; its result tells the effect. */
export const shopChange = (request: ShopChangeRequest): Promise<ShopChangeResult> =>
  localDb.recordShopChange(request, instant(Date.now()));
