import * as z from "zod";
import { chance, isAbout, isCall, Rules, silenceMs } from "../kit/faults.ts";

const scope = {
  /** As `transactions`, `jetton/transfers`, `jsonRPC/getTransactions`; without it, every call. */
  method: z.string().optional(),
  ...chance,
};

const callFault = z.strictObject({
  kind: z.enum([
    "401",
    "403",
    "429",
    "500",
    "502",
    "503",
    "drop-connection",
    /** The call takes effect but is not answered. */
    "timeout-after-success",
  ]),
  hold_ms: silenceMs,
  ...scope,
});

const lists = ["transactions", "jetton/transfers", "jetton/wallets"] as const;

const pageFault = z.discriminatedUnion("page", [
  /** The last page of this list is served once more, whatever was asked. */
  z.strictObject({ page: z.literal("repeat"), ...scope }),
  /**
   * The page begins so many rows earlier or, above zero, later than was asked: as when rows come or
   * go between two calls. Above zero, rows are left out.
   */
  z.strictObject({ page: z.literal("shift"), by: z.int(), ...scope }),
  /** The indexer is so many masterchain blocks behind, in what it lists and in what it says. */
  z.strictObject({ page: z.literal("lag"), blocks: z.int().positive().default(25), ...scope }),
  /**
   * The newest rows are not yet final: marked as such, or left out. v3 does not document which (its
   * /transactions holds final ones only [TI:crud_transactions.go]), so there are both.
   */
  z.strictObject({
    page: z.literal("not-final"),
    rows: z.int().positive().default(1),
    shown: z.enum(["marked", "hidden"]).default("marked"),
    finality: z.enum(["pending", "confirmed"]).default("pending"),
    ...scope,
  }),
]);

/** What `POST /control/faults` takes. */
export const faultSchema = z.union([callFault, pageFault]);

/** A fault of a call to the API. */
export type CallFault = z.infer<typeof callFault>;

/** A fault of the rows that a list shows. */
export type PageFault = z.infer<typeof pageFault>;
type Fault = CallFault | PageFault;

const isPage = (fault: Fault): fault is PageFault => "page" in fault;

/** The faults that were asked for. */
export class Faults extends Rules<Fault> {
  /** The fault of a call. */
  forCall(method: string): CallFault | undefined {
    return this.applyRule(isCall, (fault) => isAbout(fault, { method }));
  }

  /** The fault of a list's page. Only lists have pages; a lag also shows in `masterchainInfo`. */
  forPage(method: string): PageFault | undefined {
    const isList = lists.some((name) => name === method);
    return this.applyRule(isPage, (fault) => {
      const canApply = isList || (fault.page === "lag" && method === "masterchainInfo");
      return canApply && isAbout(fault, { method });
    });
  }
}
