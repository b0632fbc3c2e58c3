import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from "@temporalio/client";
import type { AdminActRequest } from "../domain/admin-act.ts";
import type { DecisionMade } from "../domain/approval.ts";
import type { ApprovalId, SubscriptionId, TelegramId } from "../domain/ids.ts";
import type { DeviceRequest } from "../domain/subscription.ts";
import {
  type CaptchaAnswer,
  type LanguageChange,
  type Opened,
  signals,
  taskQueue,
  workflowIds,
} from "../workflows/contract.ts";
import type { adminAct, languageChange, signup } from "../workflows/index.ts";
import { Unavailable } from "./unavailable.ts";

/** `ended`: the workflow that this was meant for is over. */
export type Taken = "taken" | "ended";

/** `repeated`: this was told before, and counts once. */
export type Started = "taken" | "repeated";

/** gRPC's INVALID_ARGUMENT: the server understood and will never take this. */
const invalidArgument = 3;

/**
 * The bot's ways in. Each resolves when Temporal holds the fact durably; it rejects with
 * `Unavailable` when Temporal does not answer within `patienceMs` (the SDK itself would wait
 * without end), and then the update must not be acknowledged. Any other rejection is final.
 */
export class Doors {
  readonly #client: Client;
  readonly #patienceMs: number;

  constructor(client: Client, patienceMs = 4_000) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  async opened(opened: Opened): Promise<void> {
    const { telegramId } = opened.profile;
    await this.#told(() =>
      this.#client.workflow.signalWithStart<typeof signup, [Opened]>("signup", {
        taskQueue,
        workflowId: workflowIds.signup(telegramId),
        args: [telegramId],
        signal: signals.opened,
        signalArgs: [opened],
        staticSummary: `Signup of ${telegramId}`,
      }),
    );
  }

  captchaAnswered(from: TelegramId, answer: CaptchaAnswer): Promise<Taken> {
    return this.#signal(workflowIds.signup(from), signals.captchaAnswered, answer);
  }

  decided(approvalId: ApprovalId, made: DecisionMade): Promise<Taken> {
    return this.#signal(workflowIds.approval(approvalId), signals.decided, made);
  }

  deviceRequested(of: SubscriptionId, request: DeviceRequest): Promise<Taken> {
    return this.#signal(workflowIds.subscription(of), signals.deviceRequested, request);
  }

  adminActed(request: AdminActRequest): Promise<Started> {
    const { kind, customer } = request.act;
    return this.#started(() =>
      this.#client.workflow.start<typeof adminAct>("adminAct", {
        taskQueue,
        workflowId: workflowIds.adminAct(request.requestId),
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        args: [request],
        staticSummary: `${kind} ${customer}, by ${request.by}`,
      }),
    );
  }

  languageChosen(requestId: string, change: LanguageChange): Promise<Started> {
    return this.#started(() =>
      this.#client.workflow.start<typeof languageChange>("languageChange", {
        taskQueue,
        workflowId: workflowIds.languageChange(requestId),
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        args: [change],
      }),
    );
  }

  async #signal(workflowId: string, name: string, argument: unknown): Promise<Taken> {
    const handle = this.#client.workflow.getHandle(workflowId);
    try {
      await this.#told(() => handle.signal<[unknown]>(name, argument));
      return "taken";
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return "ended";
      throw error;
    }
  }

  async #started(start: () => Promise<unknown>): Promise<Started> {
    try {
      await this.#told(start);
      return "taken";
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return "repeated";
      throw error;
    }
  }

  async #told(call: () => Promise<unknown>): Promise<void> {
    try {
      await this.#client.withDeadline(Date.now() + this.#patienceMs, call);
    } catch (error) {
      if (isFinal(error)) throw error;
      throw new Unavailable("Temporal did not take it", reasonOf(error), { party: "ours" });
    }
  }
}

function isFinal(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (error instanceof WorkflowExecutionAlreadyStartedError) return true;
  const reason = reasonOf(error);
  return isGrpcServiceError(reason) && (reason.code as number) === invalidArgument;
}

/** What the server said stands in the cause of the SDK's error. */
const reasonOf = (error: unknown): unknown => (error instanceof Error && error.cause) || error;
