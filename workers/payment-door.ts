import type { PaymentDoor } from "../activities/reconciliation.ts";
import { type Client, ScheduleOverlapPolicy } from "@temporalio/client";
import type { GatewayName, PaymentId, Told } from "../domain/payment.ts";
import { reportTo, workflowIds } from "../workflows/contract.ts";
import type { payment } from "../workflows/index.ts";

/** Speaks to the workflows of money through Temporal. */
export class TemporalPaymentDoor implements PaymentDoor {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async reported(id: PaymentId, told: Told): Promise<void> {
    await this.#client.workflow.signalWithStart<typeof payment, [Told]>(
      "payment",
      reportTo(id, told),
    );
  }

  async watch(gateway: GatewayName): Promise<void> {
    const schedule = this.#client.schedule.getHandle(workflowIds.reconciliation(gateway));
    const { state, info } = await schedule.describe();
    if (state.paused || info.runningActions.length > 0) return;
    await schedule.trigger(ScheduleOverlapPolicy.SKIP);
  }
}
