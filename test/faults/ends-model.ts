import type { CustomerBooks } from "./payment-books.ts";

/** A complaint where something is not what it must be. */
export const differs = (what: string, is: unknown, must: unknown): string[] =>
  JSON.stringify(is) === JSON.stringify(must)
    ? []
    : [`${what} is ${JSON.stringify(is)}, must be ${JSON.stringify(must)}`];

/** Nothing is left half-done. */
export function aboutEnds({ payments, refunds }: CustomerBooks): string[] {
  return [
    ...payments.flatMap(({ id, state, charges, extra }) => {
      if (extra === "topUp") return state === "open" ? [`top-up ${id} is open`] : [];
      const grants = charges.filter(({ use }) => use === "grant");
      const isBack = grants.every(({ paid, returnedMinor }) => returnedMinor === paid?.minor);
      if (grants.length > 0)
        return differs(`the state of ${id}`, state, isBack ? "refunded" : "settled");
      return state === "open" || state === "settled" ? [`payment ${id} is ${state}`] : [];
    }),
    ...refunds
      .filter(({ state }) => state === "asked" || state === "approved")
      .map(({ requestId }) => `refund ${requestId} is still under way`),
  ];
}
