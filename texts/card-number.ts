/** A saved card as its owner knows it, `•••• 7761`, from the masked number that the bank reports. */
export const cardEnding = (maskedNumber: string): string => `•••• ${maskedNumber.slice(-4)}`;
