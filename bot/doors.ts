import type { Client } from "@temporalio/client";
import type { AdminActRequest } from "../domain/admin-act.ts";
import type { DecisionMade } from "../domain/approval.ts";
import type { Profile } from "../domain/customer.ts";
import type { ApprovalId, TelegramId } from "../domain/ids.ts";
import type { DeviceRequest, SubscriptionRef } from "../domain/subscription.ts";
import {
  calendarOf,
  type CaptchaAnswer,
  type LanguageChange,
  type Opened,
  signals,
  taskQueue,
  workflowIds,
} from "../workflows/contract.ts";
import type {
  adminAct,
  languageChange,
  profileChange,
  signup,
  subscription,
} from "../workflows/index.ts";
import { PaymentDoors } from "./payment-doors.ts";
import { type Started, type Taken, WayIn } from "./way-in.ts";

const profilePatienceMs = 1_000;

/**
 * The bot's ways in. What a rejection means, and until when an update must stay unacknowledged,
 * `WayIn` says.
 */
export class Doors {
  /** Those that money comes in by. */
  readonly payments: PaymentDoors;
  readonly #wayIn: WayIn;

  constructor(client: Client, patienceMs = 4_000) {
    this.#wayIn = new WayIn(client, patienceMs);
    this.payments = new PaymentDoors(this.#wayIn);
  }

  async opened(opened: Opened): Promise<void> {
    const { telegramId } = opened.profile;
    await this.#wayIn.told(({ workflow }) =>
      workflow.signalWithStart<typeof signup, [Opened]>("signup", {
        taskQueue,
        workflowId: workflowIds.signup(telegramId),
        args: [telegramId],
        signal: signals.opened,
        signalArgs: [opened],
        staticSummary: `Signup of ${telegramId}`,
      }),
    );
  }

  /**
   * A customer has other names now than the books know. Never rejects, and waits a moment for the books,
   * so that whoever is answered under a new name is found by it; a name that is missed is seen again.
   */
  async profileSeen(profile: Profile): Promise<void> {
    const { telegramId } = profile;
    await this.#wayIn.briefly(profilePatienceMs, async ({ workflow }) => {
      const run = await workflow.signalWithStart<typeof profileChange, [Profile]>("profileChange", {
        taskQueue,
        workflowId: workflowIds.profileChange(telegramId),
        signal: signals.profileSeen,
        signalArgs: [profile],
        staticSummary: `Names of ${telegramId}`,
      });
      await run.result();
    });
  }

  captchaAnswered(from: TelegramId, answer: CaptchaAnswer): Promise<Taken> {
    return this.#wayIn.signal(workflowIds.signup(from), signals.captchaAnswered, answer);
  }

  decided(approvalId: ApprovalId, made: DecisionMade): Promise<Taken> {
    return this.#wayIn.signal(workflowIds.approval(approvalId), signals.decided, made);
  }

  /** A calendar that is over, or was terminated, begins anew and does what is asked. */
  async deviceRequested(of: SubscriptionRef, request: DeviceRequest): Promise<void> {
    await this.#wayIn.told(({ workflow }) =>
      workflow.signalWithStart<typeof subscription, [DeviceRequest]>("subscription", {
        ...calendarOf(of),
        signal: signals.deviceRequested,
        signalArgs: [request],
      }),
    );
  }

  adminActed(request: AdminActRequest): Promise<Started> {
    const { kind, customer } = request.act;
    return this.#wayIn.started(({ workflow }) =>
      workflow.start<typeof adminAct>("adminAct", {
        taskQueue,
        workflowId: workflowIds.adminAct(request.requestId),
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        args: [request],
        staticSummary: `${kind} ${customer}, by ${request.by}`,
      }),
    );
  }

  languageChosen(requestId: string, change: LanguageChange): Promise<Started> {
    return this.#wayIn.started(({ workflow }) =>
      workflow.start<typeof languageChange>("languageChange", {
        taskQueue,
        // The same button may be pressed again after the other: a choice that is repeated does no harm.
        workflowId: workflowIds.languageChange(requestId),
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
        args: [change],
      }),
    );
  }
}
