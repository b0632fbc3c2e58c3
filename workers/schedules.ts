import { type Client, ScheduleNotFoundError } from "@temporalio/client";

/** What an older version started by the clock: hosts, their traffic and gateways. */
const oldSchedules = /^(?:host-reconciliation|traffic|reconciliation):/u;

/**
 * Deletes the Schedules that an older version left: no workflow is started by a clock any more. Schedules of
 * others stay.
 * @returns how many there were.
 */
export async function deleteOldSchedules(client: Client): Promise<number> {
  let count = 0;
  for await (const { scheduleId } of client.schedule.list()) {
    if (!oldSchedules.test(scheduleId)) continue;
    await client.schedule.getHandle(scheduleId).delete().catch(unlessGone);
    count += 1;
  }
  return count;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
