import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { callFields } from "./faults.ts";
import { dropConnection, fallSilent, type Reply, type Request } from "./http.ts";

/** A call to an API that fails, or succeeds without its client learning of it. */
export const apiCallFault = {
  kind: z.enum([
    "slow",
    "401",
    "429",
    "500",
    "502",
    "500-after-success",
    "drop-after-success",
    "timeout-after-success",
    "drop-connection",
  ]),
  ...callFields,
};

type Fault = z.infer<z.ZodObject<typeof apiCallFault>>;

/** A call that a fault applies to. */
export interface FaultyCall {
  readonly request: Request;
  /** Carries the call out. Must not reject for a refusal of the service. */
  readonly perform: () => Reply | undefined | Promise<Reply | undefined>;
  /** Makes what changed outlive the process. */
  readonly save: () => void;
  /** An error in the words of the service. */
  readonly errorReply: (status: 401 | 429 | 500) => Reply;
}

const proxyPage = "<html><head><title>502 Bad Gateway</title></head></html>";

/** Answers a call as its fault wants it. */
export async function applyCallFault(
  { kind, hold_ms, retry_after }: Fault,
  { request, perform, save, errorReply }: FaultyCall,
): Promise<Reply | undefined> {
  switch (kind) {
    case "slow":
      await sleep(hold_ms, undefined, { ref: false });
      return perform();
    case "401":
      return errorReply(401);
    case "429":
      return { ...errorReply(429), headers: { "retry-after": String(retry_after) } };
    case "500":
      return errorReply(500);
    case "502":
      return { status: 502, body: proxyPage };
    case "500-after-success":
      await perform();
      return errorReply(500);
    case "drop-after-success":
      await perform();
      save();
      return dropConnection(request.response);
    case "timeout-after-success":
      await perform();
      save();
      return fallSilent(request.response, hold_ms);
    case "drop-connection":
      return dropConnection(request.response);
  }
}
