import type { CustomerBooks } from "./payment-books.ts";

/** Every charge of a subscription has bought its period: it is never a payment that came twice. */
export function aboutRecurring({
  id,
  recurs,
  charges,
}: CustomerBooks["payments"][number]): string[] {
  if (recurs === null) return [];
  return charges
    .filter(({ use }) => use === "credit")
    .map(({ reference }) => `charge ${reference} of the subscription ${id} bought nothing`);
}
