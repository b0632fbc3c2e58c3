import { createHash } from "node:crypto";
import { v7 } from "uuid";
import type { GatewayEvent, PaymentId } from "../../domain/payments/payment.ts";
import type { Queries } from "../orm.ts";
import { insertRows } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";

/** Keeps gateway events verbatim; a repeat is kept once. */
export const keepEvents = (
  db: Queries,
  id: PaymentId,
  events: readonly GatewayEvent[],
): Promise<void> => writeTogether(db, eventWrites(id, events));

/** Like `keepEvents`, but returns the writes for a larger statement. */
export function eventWrites(id: PaymentId, events: readonly GatewayEvent[]): Write[] {
  const rows = events.map(({ gateway, report, evidence: body, headers = {}, source }) => {
    const content = JSON.stringify([id, gateway, report, headers, body]);
    const digest = createHash("sha256").update(content).digest("hex");
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
  if (rows.length === 0) return [];
  return [
    {
      query: (db) =>
        insertRows(db, "gateway_events", rows).onConflict((row) =>
          row.column("digest").doNothing(),
        ),
    },
  ];
}
