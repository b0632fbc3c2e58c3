import type { ShopChanges } from "../../db/operations/shop-changes.ts";
import type { OperationsSteps } from "../../workflows/steps/operations.ts";

/** The activity of changes of the shop. */
export const createShopActivities = ({
  changes,
}: {
  readonly changes: ShopChanges;
}): Pick<OperationsSteps, "recordShopChange"> => ({
  recordShopChange: (request, now) => changes.changeOnce(request, now),
});
