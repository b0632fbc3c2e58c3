import { sleep } from "@temporalio/workflow";

/** Under the name of a payment, and not a bit like it: what it leaves cannot be followed by the product's code. */
export async function payment(): Promise<void> {
  await sleep("10 minutes");
}
