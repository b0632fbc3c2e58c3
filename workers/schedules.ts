import { type Client, ScheduleNotFoundError } from "@temporalio/client";

/** The Schedules of versions before 0.3, which are replaced by reconcilers. */
const former = /^(?:host-reconciliation|traffic|reconciliation):/u;

/** Deletes the Schedules that an older version has left behind. */
export async function deleteFormerSchedules(client: Client): Promise<void> {
  for await (const { scheduleId } of client.schedule.list()) {
    if (!former.test(scheduleId)) continue;
    await client.schedule
      .getHandle(scheduleId)
      .delete()
      .catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
  }
}
