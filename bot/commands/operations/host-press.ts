import { changeHost } from "../../../client/hosts.ts";
import type { HostChange, HostChangeResult } from "../../../domain/access/host-change.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress, requestIdOf } from "../../request.ts";

/**
 * Changes a host as a button says, and answers the press; undefined: the presser's role does not
 * allow it, and is told so.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function changeByPress(
  context: BotContext,
  { client }: BotPorts,
  change: HostChange,
): Promise<HostChangeResult | undefined> {
  const request = { requestId: requestIdOf(context), by: context.telegramId };
  const result = await changeHost(client, { ...request, change });
  if (result.kind === "refused" && result.why === "notAdmin") {
    answerPress(context, context.texts.operations.hosts.notAdmin, true);
    return undefined;
  }
  answerPress(context);
  return result;
}
