import type { PaymentId, Purchase } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { stateAt } from "../queries/access/access-rights.ts";
import { extraColumns } from "./new-orders.ts";

/** The facts that decide a purchase, read by one statement. */
export async function loadPurchaseFacts(
  db: Queries,
  { telegramId: of, gateway, currency, recurs, subscription, ...chosen }: Purchase,
  now: Instant,
) {
  const plan = chosen.plan ?? null;
  const { extraBytes: bytes, extraUntil: until } = extraColumns(chosen.extra);
  return (
    db
      .selectFrom("customers as c")
      // The one that was named; else the first that was not ended.
      .leftJoinLateral(
        (of) =>
          of
            .selectFrom("subscriptions")
            .select(["id", "plan", "revokedAt", "paidUntil", "graceMs"])
            .select(["trafficLimitBytes", "trafficBaseBytes", "movedBytes"])
            .select("trafficPeriodEndsAt")
            .whereRef("subscriptions.customerId", "=", "c.id")
            .where((row) =>
              subscription === undefined || subscription === "new"
                ? row("number", "is not", null)
                : row("id", "=", subscription as string),
            )
            .orderBy((row) => row("revokedAt", "is not", null))
            .orderBy("number")
            .limit(1)
            .as("s"),
        (join) => join.onTrue(),
      )
      .leftJoin("gateways as g", (join) =>
        join.on("g.name", "=", gateway as string).on("g.active", "=", true),
      )
      .leftJoinLateral(
        (of) =>
          of
            .selectFrom("plans")
            .select(["version", "retired"])
            .where((row) => row("code", "=", plan === null ? row.ref("s.plan") : plan))
            .orderBy("version", "desc")
            .limit(1)
            .as("p"),
        (join) => join.onTrue(),
      )
      .leftJoin("payments as o", (join) =>
        join
          .onRef("o.subscriptionId", "=", "s.id")
          .on((of) =>
            chosen.extra === undefined
              ? of("o.plan", "=", plan)
              : of.and([
                  of("o.extra", "=", chosen.extra.kind),
                  of("o.priceMinor", "=", chosen.minor),
                  of("o.extraBytes", "is not distinct from", bytes),
                  of("o.extraUntil", "is not distinct from", until),
                ]),
          )
          .on("o.gateway", "=", gateway as string)
          .on("o.currency", "=", currency)
          .on("o.state", "=", "open")
          .on("o.recurs", "is not distinct from", recurs ?? null),
      )
      .select([
        "c.id as customerId",
        "c.status",
        "s.id as subscriptionId",
        "s.plan as had",
        "s.revokedAt",
        "s.paidUntil",
        "s.trafficLimitBytes",
        "p.version as newest",
        "p.retired",
        "g.currencies",
        "g.invoiceTtlMs",
        "o.id as waiting",
        stateAt(now).as("state"),
      ])
      .where("c.telegramId", "=", of as number)
      .executeTakeFirst()
  );
}

/** What the purchase is for, as the offer reads it; undefined: there is none. */
export function subscriptionIn({ had: plan, state, revokedAt, ...seen }: LoadedPurchase) {
  if (plan === null) return undefined;
  const paidUntil = seen.paidUntil === null ? undefined : instant(seen.paidUntil);
  const trafficLimitBytes = seen.trafficLimitBytes ?? undefined;
  return { plan, isRevoked: revokedAt !== null, state, paidUntil, trafficLimitBytes };
}

/** What `loadPurchaseFacts` reads. */
export type LoadedPurchase = NonNullable<Awaited<ReturnType<typeof loadPurchaseFacts>>>;

/**
 * The customer's open order for the same purchase. A renewal waits for no other order, and two new
 * subscriptions are two purchases.
 */
export const waitingFor = (seen: LoadedPurchase | undefined, { recurs, subscription }: Purchase) =>
  recurs === "renews" || subscription === "new" || !seen?.waiting
    ? undefined
    : (seen.waiting as PaymentId);
