import * as fc from "fast-check";
import { type AddOn, addOnKinds } from "../../../domain/payments/payment.ts";

type Sold = "month" | "family" | "small";

/** What can happen to one customer's money. */
export type Act =
  /** `of`: which of the customer's subscriptions it is for; beyond them, a new one. */
  | {
      readonly do: "order";
      readonly plan: Sold;
      readonly of: number;
      readonly fromBalance: boolean;
    }
  | { readonly do: "topUp"; readonly minor: number }
  | {
      readonly do: "addOn";
      readonly kind: AddOn["kind"];
      readonly of: number;
      readonly fromBalance: boolean;
    }
  | {
      readonly do: "pay";
      readonly order: number;
      readonly percent: number;
      readonly repeat: boolean;
    }
  | {
      readonly do: "goBack";
      readonly charge: number;
      readonly percent: number;
      readonly forced: boolean;
    }
  | { readonly do: "openRefund"; readonly charge: number; readonly percent: number }
  | {
      readonly do: "endRefund";
      readonly refund: number;
      readonly how: "returned" | "refused" | "rejected";
    }
  | {
      readonly do: "admin";
      readonly act: "block" | "unblock" | "revoke" | "extend";
      readonly of: number;
    };

const index = fc.nat(7);
/** The first is chosen most often. */
const of = fc.constantFrom(0, 0, 0, 1, 1, 2);
const percent = fc.constantFrom(1, 33, 50, 99, 100, 130);
/** Any of these acts. */
export const drawn: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("order" as const),
      plan: fc.constantFrom<Sold>("month", "family", "small"),
      of,
      fromBalance: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("topUp" as const),
      minor: fc.constantFrom(10_000, 30_000, 70_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("addOn" as const),
      kind: fc.constantFrom(...addOnKinds),
      of,
      fromBalance: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("pay" as const),
      order: index,
      percent,
      repeat: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("goBack" as const),
      charge: index,
      percent,
      forced: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("openRefund" as const), charge: index, percent }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("endRefund" as const),
      refund: index,
      how: fc.constantFrom("returned" as const, "refused" as const, "rejected" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("admin" as const),
      act: fc.constantFrom(
        "block" as const,
        "unblock" as const,
        "revoke" as const,
        "extend" as const,
      ),
      of,
    }),
  },
);
