import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from "@temporalio/client";
import { isNeverTaken, reasonOf } from "../client/refusals.ts";
import { Unavailable } from "./unavailable.ts";

/** `ended`: the workflow that this was meant for is over. */
export type Taken = "taken" | "ended";

/** `repeated`: this was told before, and counts once. */
export type Started = "taken" | "repeated";

/**
 * How doors reach Temporal. Each call resolves when Temporal holds the fact durably; it rejects with
 * `Unavailable` when Temporal does not answer within `patienceMs` (the SDK itself would wait
 * without end), and then the update must not be acknowledged. Any other rejection is final.
 */
export class WayIn {
  readonly #client: Client;
  readonly #patienceMs: number;

  constructor(client: Client, patienceMs: number) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  async told<Answer>(call: (client: Client) => Promise<Answer>): Promise<Answer> {
    try {
      return await this.#client.withDeadline(Date.now() + this.#patienceMs, () =>
        call(this.#client),
      );
    } catch (error) {
      if (isFinal(error)) throw error;
      throw new Unavailable("Temporal did not take it", reasonOf(error));
    }
  }

  /** Tells what may be lost, for at most `ms`; never rejects. */
  async briefly(ms: number, call: (client: Client) => Promise<unknown>): Promise<void> {
    const told = this.#client.withDeadline(Date.now() + ms, () => call(this.#client));
    await told.catch(() => undefined);
  }

  async signal(workflowId: string, name: string, ...given: unknown[]): Promise<Taken> {
    try {
      await this.told(({ workflow }) =>
        workflow.getHandle(workflowId).signal<unknown[]>(name, ...given),
      );
      return "taken";
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return "ended";
      throw error;
    }
  }

  async started(start: (client: Client) => Promise<unknown>): Promise<Started> {
    try {
      await this.told(start);
      return "taken";
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return "repeated";
      throw error;
    }
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError ||
  error instanceof WorkflowExecutionAlreadyStartedError ||
  isNeverTaken(error);
