import { createHash } from "node:crypto";
import { v7 } from "uuid";
import type { GatewayEvent, PaymentId } from "../domain/payment.ts";
import type { Queries } from "./orm.ts";

/** What comes again word for word is kept once. */
export async function keepEvents(
  db: Queries,
  id: PaymentId,
  events: readonly GatewayEvent[],
): Promise<void> {
  const rows = events.map(({ gateway, report, evidence: body, headers = {}, source }) => {
    const said = JSON.stringify([id, gateway, report, headers, body]);
    const digest = createHash("sha256").update(said).digest("hex");
    return {
      id: v7(),
      digest,
      paymentId: id,
      gateway,
      source,
      report,
      headers,
      body,
    };
  });
  if (rows.length === 0) return;
  await db
    .insertInto("gateway_events")
    .values(rows)
    .onConflict((row) => row.column("digest").doNothing())
    .execute();
}
