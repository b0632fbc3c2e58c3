import type { Client } from "@temporalio/client";
import { DurableClient, type SignalResult, type StartResult } from "../../client/durable.ts";
import type { ShopChangeResult } from "../../domain/operations/shop-change.ts";

/** Starts nothing; where it `isLate`, everything has ended or was started before. */
export class SampleClient extends DurableClient {
  readonly #isLate: boolean;

  constructor(isLate: boolean) {
    super({} as Client);
    this.#isLate = isLate;
  }

  /** The only answers that the bot reads are those to changes of the shop. */
  override call<Answer>(): Promise<Answer> {
    const result: ShopChangeResult = this.#isLate ? { kind: "same" } : { kind: "changed" };
    return Promise.resolve(result as Answer);
  }

  override async callBriefly(): Promise<void> {}

  override signal(): Promise<SignalResult> {
    return Promise.resolve(this.#isLate ? "ended" : "taken");
  }

  override start(): Promise<StartResult> {
    return Promise.resolve(this.#isLate ? "repeated" : "taken");
  }
}
