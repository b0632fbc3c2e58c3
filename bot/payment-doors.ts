import { WorkflowNotFoundError } from "@temporalio/client";
import type { CustomerId } from "../domain/ids.ts";
import type { Resolution } from "../domain/unmatched.ts";
import type { Checkout, CheckoutAnswer, PaymentId, Purchase, Told } from "../domain/payment.ts";
import type { RefundWish } from "../domain/refund.ts";
import {
  purchaseOf,
  queries,
  type QueryTypes,
  reportTo,
  signals,
  taskQueue,
  workflowIds,
} from "../workflows/contract.ts";
import type { payment, refund, unmatched } from "../workflows/index.ts";
import type { Started, Taken, WayIn } from "./way-in.ts";

type Asked = QueryTypes["checkout"]["asked"];

/** The bot's ways in for money. */
export class PaymentDoors {
  readonly #wayIn: WayIn;

  constructor(wayIn: WayIn) {
    this.#wayIn = wayIn;
  }

  /** Somebody buys. The same id is the same purchase, however long ago it was made. */
  bought(id: PaymentId, purchase: Purchase, customerId: CustomerId): Promise<Started> {
    return this.#wayIn.started((workflows) =>
      workflows.start<typeof payment>("payment", purchaseOf(id, purchase, customerId)),
    );
  }

  /** What a gateway said of a payment, also of one that is over or that nobody knows. */
  async reported(id: PaymentId, told: Told): Promise<void> {
    await this.#wayIn.told((workflows) =>
      workflows.signalWithStart<typeof payment, [Told]>("payment", reportTo(id, told)),
    );
  }

  cancelled(id: PaymentId): Promise<Taken> {
    return this.#wayIn.signal(workflowIds.payment(id), signals.cancelled);
  }

  /**
   * Whether this person may pay this invoice now. Never rejects: whoever asks has seconds. `later`:
   * nobody could say in time.
   */
  async checkout(id: PaymentId, asked: Checkout): Promise<CheckoutAnswer | "later"> {
    try {
      return await this.#wayIn.told((workflows) =>
        workflows
          .getHandle(workflowIds.payment(id))
          .query<CheckoutAnswer, Asked>(queries.checkout, asked),
      );
    } catch (error) {
      return error instanceof WorkflowNotFoundError ? "over" : "later";
    }
  }

  /** Asks for money to be given back; one refund of a payment is under way at a time. */
  refundWished(wish: RefundWish): Promise<Started> {
    return this.#wayIn.started((workflows) =>
      workflows.start<typeof refund>("refund", {
        taskQueue,
        workflowId: workflowIds.refund(wish.paymentId),
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
        workflowIdConflictPolicy: "FAIL",
        args: [wish],
        staticSummary: `Refund of ${wish.paymentId}, by ${wish.by}`,
      }),
    );
  }

  /** An admin's word over money that nobody was asked for. */
  unmatchedResolved(resolution: Resolution): Promise<Started> {
    const { requestId, what, gateway, by } = resolution;
    return this.#wayIn.started((workflows) =>
      workflows.start<typeof unmatched>("unmatched", {
        taskQueue,
        workflowId: workflowIds.unmatched(requestId),
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        args: [resolution],
        staticSummary: `${what.kind} money that came by ${gateway}, by ${by}`,
      }),
    );
  }
}
