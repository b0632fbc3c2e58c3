import type { ShopChangeRequest, ShopChangeResult } from "../domain/operations/shop-change.ts";
import { taskQueue, workflowIds } from "../workflows/contract/names.ts";
import type { shopChange } from "../workflows/index.ts";
import type { DurableClient } from "./durable.ts";

/**
 * Makes a change of the shop's settings or plans, once per request, and waits for what it came to.
 * @throws Unavailable when Temporal does not answer in time, or no worker takes the change: then it
 * is made later, and asking again answers the same.
 */
export async function changeShop(
  client: DurableClient,
  request: ShopChangeRequest,
): Promise<ShopChangeResult> {
  const workflowId = workflowIds.shopChange(request.requestId);
  await client.start(({ workflow }) =>
    workflow.start<typeof shopChange>("shopChange", {
      taskQueue,
      workflowId,
      // One that an operator has ended is made anew.
      workflowIdReusePolicy: "ALLOW_DUPLICATE_FAILED_ONLY",
      args: [request],
      staticSummary: summaryOf(request),
    }),
  );
  return client.call(({ workflow }) => workflow.getHandle<typeof shopChange>(workflowId).result());
}

function summaryOf({ change, by }: ShopChangeRequest): string {
  switch (change.kind) {
    case "setting":
      return `Setting ${change.key}, by ${by}`;
    case "plan":
      return `${change.field} of the plan ${change.code}, by ${by}`;
    case "newPlan":
      return `A new plan, by ${by}`;
    case "newLocation":
      return `A new location ${change.code}, by ${by}`;
    case "location":
      return `${change.field} of the location ${change.code}, by ${by}`;
    case "removeLocation":
      return `Removes the location ${change.code}, by ${by}`;
  }
}
