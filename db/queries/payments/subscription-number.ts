import { expressionBuilder } from "kysely";
import type { Schema } from "../../orm.ts";

type Payments = Schema & { readonly p: Schema["payments"] };

/**
 * The number of the subscription that `payments as p` is for, where its customer has others; null:
 * it is their only one.
 */
export const numberAmongSeveral = expressionBuilder<Payments, "p">()
  .selectFrom("subscriptions as own")
  .select("own.number")
  .whereRef("own.id", "=", "p.subscriptionId")
  .where((of) =>
    of.exists(
      of
        .selectFrom("subscriptions as other")
        .select("other.id")
        .whereRef("other.customerId", "=", "p.customerId")
        .whereRef("other.id", "<>", "own.id")
        .where("other.number", "is not", null)
        .where("other.revokedAt", "is", null),
    ),
  );
