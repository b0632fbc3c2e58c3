/** As traffic is shown: 1 GB is 2^30 bytes. */
export const bytesInGb = 2 ** 30;
/** The most gigabytes that a plan may have. */
export const mostPlanGb = 1_000_000;

/** The part of a plan that a whole number of at most `most` makes; undefined: no such number is written. */
export function numberIn<Part>(
  text: string,
  most: number,
  part: (number: number) => Part,
): Part | undefined {
  const number = /^\d{1,7}$/u.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? part(number) : undefined;
}
