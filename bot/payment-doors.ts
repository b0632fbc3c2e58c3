import {
  askWorker,
  reportEvents,
  startPurchase,
  startRefund,
  startResolution,
} from "../client/payments.ts";
import type { CustomerId } from "../domain/ids.ts";
import type { GatewayEvent, PaymentId, Purchase } from "../domain/payment.ts";
import type { RefundCommand } from "../domain/refund.ts";
import type { Resolution } from "../domain/unmatched.ts";
import { signals, workflowIds } from "../workflows/contract.ts";
import type { Started, Taken, WayIn } from "./way-in.ts";

/** By what the bot starts and signals the workflows of money. */
export class PaymentDoors {
  readonly #wayIn: WayIn;

  constructor(wayIn: WayIn) {
    this.#wayIn = wayIn;
  }

  /** Somebody buys. The same id is the same purchase, however long ago it was made. */
  bought(id: PaymentId, purchase: Purchase, customerId: CustomerId): Promise<Started> {
    return this.#wayIn.started((client) => startPurchase(client, id, purchase, customerId));
  }

  /** What a gateway reported of a payment, also of one that is over or that nobody knows. */
  reported(id: PaymentId, event: GatewayEvent): Promise<void> {
    return this.#wayIn.told((client) => reportEvents(client, id, [event]));
  }

  cancelled(id: PaymentId): Promise<Taken> {
    return this.#wayIn.signal(workflowIds.payment(id), signals.cancelled);
  }

  /** Whether what is paid now is decided now. Never rejects: whoever asks has seconds. */
  async isServed(): Promise<boolean> {
    try {
      await this.#wayIn.told(askWorker);
      return true;
    } catch {
      return false;
    }
  }

  /** Asks for money to be given back. `repeated`: this very request is under way. */
  refundAsked(command: RefundCommand): Promise<Started> {
    return this.#wayIn.started((client) => startRefund(client, command));
  }

  /** An admin's decision over money that no order asked for. */
  unmatchedResolved(resolution: Resolution): Promise<Started> {
    return this.#wayIn.started((client) => startResolution(client, resolution));
  }
}
