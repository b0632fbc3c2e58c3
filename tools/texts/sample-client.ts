import type { Client } from "@temporalio/client";
import { DurableClient, type SignalResult, type StartResult } from "../../client/durable.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { ShopChangeResult } from "../../domain/operations/shop-change.ts";

/** Starts nothing; where it `isLate`, everything has ended or was started before. */
export class SampleClient extends DurableClient {
  readonly #isLate: boolean;

  constructor(isLate: boolean) {
    super({} as Client);
    this.#isLate = isLate;
  }

  /** The only answers that the bot reads: those to changes of the shop and of hosts, and tests. */
  override call<Answer>(): Promise<Answer> {
    const kind = this.#isLate ? "same" : "changed";
    const result: Pick<ShopChangeResult, "kind"> & Omit<HostReport, "kind"> = {
      kind,
      isUsable: true,
      version: "0.8.4",
      findings: [{ trouble: "clock", details: "the panel's clock is 300 s behind ours" }],
    };
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
