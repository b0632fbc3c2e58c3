import { Refusal } from "../panel-kit/refusal.ts";
import { parseIso } from "../panel-kit/stamps.ts";
import type { User } from "./user.ts";

const dayMs = 86_400_000;

/**
 * The traffic of users in a span of time, by node; the panel's own core is the only one. Without a
 * span it is the last 30 days. A reset clears it.
 * @throws Refusal 400 for what is not a date, or an end before its start.
 */
export function usageOf(
  users: readonly User[],
  query: URLSearchParams,
  nowMs: number,
): readonly object[] {
  const startMs = readDate(query.get("start")) ?? nowMs - 30 * dayMs;
  const endMs = readDate(query.get("end"));
  if (endMs !== undefined && endMs < startMs) {
    throw new Refusal(400, "Start date must be before end date");
  }
  const used_traffic = users
    .flatMap(({ hours }) => hours)
    .filter(({ hourMs }) => hourMs >= startMs && hourMs <= (endMs ?? nowMs))
    .reduce((sum, { used }) => sum + used, 0);
  return [{ node_id: null, node_name: "Master", used_traffic }];
}

function readDate(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  const parsed = parseIso(text);
  if (parsed === undefined) throw new Refusal(400, "Invalid date range or format");
  return parsed.ms;
}
