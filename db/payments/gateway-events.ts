import { createHash } from "node:crypto";
import { v7 } from "uuid";
import type { GatewayEvent, PaymentId } from "../../domain/payments/payment.ts";
import type { Queries } from "../orm.ts";
import { insertRows } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";

/** Keeps what gateways report word for word; what comes again is kept once. */
export const keepEvents = (
  db: Queries,
  id: PaymentId,
  events: readonly GatewayEvent[],
): Promise<void> => writeTogether(db, eventWrites(id, events));

/** The same, to be written together with other things. */
export function eventWrites(id: PaymentId, events: readonly GatewayEvent[]): Write[] {
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
