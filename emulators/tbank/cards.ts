/** How an attempt to pay ends. */
export type Outcome =
  | { readonly kind: "paid" }
  | { readonly kind: "3ds" }
  | { readonly kind: "refused"; readonly status: "REJECTED" | "AUTH_FAIL"; readonly code: string };

/** A card whose number decides how a try to pay with it ends. */
export interface TestCard {
  readonly name: "good" | "poor" | "3ds" | "3ds-refused";
  readonly number: string;
  /** T-Bank's own id of a card. */
  readonly id: number;
  readonly outcome: Outcome;
}

/** Cards of T-Bank's test environment; no other number is taken, or kept. */
export const testCards: readonly [TestCard, ...TestCard[]] = [
  { name: "good", number: "2200770239097761", id: 322_264, outcome: { kind: "paid" } },
  {
    name: "poor",
    number: "2201382000000831",
    id: 322_265,
    outcome: { kind: "refused", status: "REJECTED", code: "1051" },
  },
  { name: "3ds", number: "2201382000000047", id: 322_266, outcome: { kind: "3ds" } },
  {
    name: "3ds-refused",
    number: "2201382000000005",
    id: 322_267,
    outcome: { kind: "refused", status: "AUTH_FAIL", code: "101" },
  },
];

/** Finds a test card by its number, with or without spaces. */
export function testCard(typed: string): TestCard | undefined {
  const digits = typed.replace(/[\s-]/gu, "");
  return testCards.find(({ number }) => number === digits);
}

/** Whether the card of T-Bank's id is the one with too little money. */
export const cardIsPoor = (cardId: number): boolean =>
  testCards.some(({ id, name }) => id === cardId && name === "poor");

/** A card number as it may be shown. */
export const mask = (number: string): string => `${number.slice(0, 6)}******${number.slice(-4)}`;
