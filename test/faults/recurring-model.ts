import { balanceGateway, type PaymentOrder } from "../../domain/payments/payment.ts";
import type { GatewayCharge, GatewayDriverKind } from "./gateway-drivers/gateway-driver.ts";
import type { CustomerBooks } from "./payment-books.ts";

type Payment = CustomerBooks["payments"][number];

/** What charges that repeat themselves are judged by. */
interface Facts {
  readonly kind: GatewayDriverKind;
  /** The charges of each order, by the gateway's own records. */
  readonly gatewayCharges: ReadonlyMap<string, readonly GatewayCharge[]>;
}

/**
 * Every charge of a subscription has bought its period, unless the customer was shut out: it is
 * never a payment that came twice. What our calendar charges is judged further.
 */
export function aboutRecurring(
  facts: Facts,
  books: CustomerBooks,
  { isShutOut }: { readonly isShutOut: boolean },
): string[] {
  return [
    ...(isShutOut ? [] : books.payments.flatMap(aboutUse)),
    ...(facts.kind.subscribes === "byCalendar" ? aboutTries(facts, books) : []),
  ];
}

const aboutUse = ({ id, recurs, gateway, charges }: Payment): string[] =>
  recurs === null || gateway === balanceGateway
    ? []
    : charges
        .filter(({ use }) => use === "credit")
        .map(({ reference }) => `charge ${reference} of the subscription ${id} bought nothing`);

const failed: ReadonlySet<string> = new Set(["declined", "refused", "lapsed", "cancelled"]);

/**
 * By the bank's own records each try of the calendar has charged the card once, with the price that
 * its owner agreed to, or not at all; a try that failed has charged nothing.
 */
function aboutTries({ gatewayCharges }: Facts, { payments }: CustomerBooks): string[] {
  return payments.filter(isRenewal).flatMap(({ id, state, priceMinor }) => {
    const charges = gatewayCharges.get(id) ?? [];
    return [
      ...(charges.length > 1 ? [`renewal ${id} was charged ${charges.length} times`] : []),
      ...(charges.length > 0 && failed.has(state)
        ? [`renewal ${id} is ${state}, and the card was charged`]
        : []),
      ...charges
        .filter(({ paid }) => paid.minor !== priceMinor)
        .map(({ paid }) => `renewal ${id} costs ${priceMinor}, ${paid.minor} was charged`),
    ];
  });
}

const isRenewal = ({ recurs, gateway }: Payment): boolean =>
  recurs === "renews" && gateway !== balanceGateway;

/**
 * Each later charge of a subscription is a payment of its own. Which charge is the order's own
 * depends on which was decided first; a charge that is not booked counts as the order's.
 */
export function byPayment(
  { id, recurs }: PaymentOrder,
  charges: readonly GatewayCharge[],
  payments: CustomerBooks["payments"],
): Map<string, readonly GatewayCharge[]> {
  if (recurs === undefined) return new Map([[id, charges]]);
  const ownerOf = ({ reference }: GatewayCharge) =>
    payments.find((payment) => payment.charges.some((one) => one.reference === reference))?.id;
  const grouped = Map.groupBy(charges, (charge) => ownerOf(charge) ?? id);
  return new Map([[id as string, []], ...grouped]);
}
