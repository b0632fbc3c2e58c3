import * as z from "zod";
import { callFields, chance, isAbout, isCall, isDelivery, Rules } from "../kit/faults.ts";

const scope = {
  /** Without it, every chat. */
  chat_id: z.int().optional(),
  ...chance,
};

const callFault = z.strictObject({
  kind: z.enum(["429", "500", "502", "403", "slow", "timeout-after-success", "drop-connection"]),
  /** A slow call runs after `hold_ms`, and is answered then. */
  ...callFields,
  ...scope,
});

const updateFault = z.strictObject({
  updates: z.enum(["duplicate", "reorder", "delay", "drop"]),
  /** A kind of update or what its message is about, e.g. `successful_payment`; without it, all. */
  about: z.string().optional(),
  /**
   * Milliseconds a delayed update waits; a reordered one waits for the next,
   * but no longer than this.
   */
  delay_ms: z.int().positive().default(1_000),
  ...scope,
});

/** What `POST /control/faults` takes. */
export const faultSchema = z.union([callFault, updateFault]);

/** A fault of a call to the Bot API. */
export type CallFault = z.infer<typeof callFault>;

/** A fault of an update on its way to the bot. */
export type UpdateFault = z.infer<typeof updateFault>;
type Fault = CallFault | UpdateFault;

/** The faults that were asked for. */
export class Faults extends Rules<Fault> {
  /** The fault of a call. Telegram ignores the case of method names. */
  forCall(method: string, chatId: number | undefined): CallFault | undefined {
    const called = method.toLowerCase();
    return this.applyRule(isCall, (fault) => {
      const isMethod = (fault.method?.toLowerCase() ?? called) === called;
      return isMethod && isAbout(fault, { chat_id: chatId });
    });
  }

  /** The fault of an update, applied once, when it is queued. */
  forUpdate(body: Readonly<Record<string, unknown>>, chatId: number): UpdateFault | undefined {
    const names = [body, body["message"] ?? {}].flatMap((part) => Object.keys(part));
    return this.applyRule(isDelivery, (fault) => {
      const isKind = fault.about === undefined || names.includes(fault.about);
      return isKind && isAbout(fault, { chat_id: chatId });
    });
  }
}
