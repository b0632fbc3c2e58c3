import type { PaymentDoor } from "../activities/reconciliation.ts";
import type { Client } from "@temporalio/client";
import type { PaymentId, Told } from "../domain/payment.ts";
import { reportTo } from "../workflows/contract.ts";
import type { payment } from "../workflows/index.ts";

/** What reconciliation finds comes in by the way that gateways' own messages take. */
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
}
