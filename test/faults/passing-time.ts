import { inTransaction } from "../../db/orm.ts";
import { sql } from "../../db/prepared.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { readWorkflowState } from "../drivers/workflow-state.ts";
import type { ProductFixture } from "./product-fixture.ts";

/**
 * Lets this many days pass for one customer: makes their time lots, add-ons and subscription that
 * much older. Time lots are insert-only, so the triggers are turned off for it.
 */
export async function letDaysPass(
  { owner, temporal }: Pick<ProductFixture, "owner" | "temporal">,
  { id, customerId }: SubscriptionRef,
  days: number,
): Promise<void> {
  const past = sql`make_interval(days => ${days})`;
  const age = () =>
    inTransaction(owner.em, async (db) => {
      await sql`select 1 from customers where id = ${customerId} for update`.execute(db);
      await sql`select 1 from subscriptions where id = ${id} for update`.execute(db);
      await sql`set local session_replication_role = replica`.execute(db);
      await sql`update time_lots set at = at - ${past}, paid_until = paid_until - ${past}
        where subscription_id = ${id}`.execute(db);
      await sql`update payments set extra_until = extra_until - ${past}
        where subscription_id = ${id} and extra_until is not null`.execute(db);
      await sql`update add_ons set at = at - ${past}, until = until - ${past}
        where subscription_id = ${id}`.execute(db);
      await sql`update accesses set ends_at = ends_at - ${past}
        where subscription_id = ${id} and ends_at is not null`.execute(db);
      await sql`set local session_replication_role = origin`.execute(db);
      await sql`update subscriptions
        set paid_until = paid_until - ${past}, time_given_at = time_given_at - ${past},
            traffic_period_ends_at = traffic_period_ends_at - ${past}
        where id = ${id}`.execute(db);
    });
  await eventually(age, 240_000, 200);
  const calendar = temporal.client.workflow.getHandle(workflowIds.subscription(id));
  // A calendar that does not run is started by the next one who needs it, or by the audit.
  await calendar.signal(signals.booksChanged).catch(() => undefined);
}

/** Makes Temporal forget a closed workflow, as after its retention. A running one is left alone. */
export async function forget(
  { temporal }: Pick<ProductFixture, "temporal">,
  workflowId: string,
): Promise<void> {
  const { client, connection, namespace } = temporal;
  if ((await readWorkflowState(client.workflow.getHandle(workflowId))).kind !== "closed") return;
  const request = { namespace, workflowExecution: { workflowId } };
  await connection.workflowService.deleteWorkflowExecution(request).catch(() => undefined);
}
