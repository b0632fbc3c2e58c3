import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from "@temporalio/client";
import type { SignalArguments } from "../workflows/contract/signal-arguments.ts";
import { isNeverTaken, reasonOf } from "./refusals.ts";
import { Unavailable } from "./unavailable.ts";

/** `ended`: the workflow has ended and did not get the signal. */
export type SignalResult = "taken" | "ended";

/** `repeated`: it was started before and counts once. */
export type StartResult = "taken" | "repeated";

const usualTimeoutMs = 4_000;

/**
 * Temporal's client with a deadline. Each call resolves when Temporal has stored it durably, and
 * rejects with `Unavailable` when Temporal does not answer within `timeoutMs` (the SDK itself would
 * wait without end): then the caller must repeat it. Any other rejection is final.
 */
export class DurableClient {
  /** For reads, which may take longer. */
  readonly temporal: Client;
  readonly #timeoutMs: number;

  constructor(temporal: Client, timeoutMs = usualTimeoutMs) {
    this.temporal = temporal;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws Unavailable when Temporal does not answer in time. */
  async call<Answer>(
    ask: (client: Client) => Promise<Answer>,
    timeoutMs = this.#timeoutMs,
  ): Promise<Answer> {
    try {
      const deadline = Date.now() + timeoutMs;
      return await this.temporal.withDeadline(deadline, () => ask(this.temporal));
    } catch (error) {
      if (isFinal(error)) throw error;
      throw new Unavailable("Temporal did not take it", reasonOf(error));
    }
  }

  /** Makes a call that may be lost, for at most `ms`; never rejects. */
  async callBriefly(ms: number, ask: (client: Client) => Promise<unknown>): Promise<void> {
    const answer = this.temporal.withDeadline(Date.now() + ms, () => ask(this.temporal));
    await answer.catch(() => undefined);
  }

  /** @throws Unavailable when Temporal does not answer in time. */
  async signal<Name extends keyof SignalArguments>(
    workflowId: string,
    name: Name,
    ...args: SignalArguments[Name]
  ): Promise<SignalResult> {
    try {
      await this.call(({ workflow }) =>
        workflow.getHandle(workflowId).signal<SignalArguments[Name]>(name, ...args),
      );
      return "taken";
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return "ended";
      throw error;
    }
  }

  /** @throws Unavailable when Temporal does not answer in time. */
  async start(begin: (client: Client) => Promise<unknown>): Promise<StartResult> {
    try {
      await this.call(begin);
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
