import { sleep } from "@temporalio/workflow";

/**
 * A workflow with the name of a payment but other steps:
 * the product's code cannot replay its history.
 */
export async function payment(): Promise<void> {
  await sleep("10 minutes");
}
