/** A setting that is on or off; undefined for other words. */
export const onOrOff = (text: string): string | undefined =>
  ["on", "off"].find((one) => one === text.toLowerCase());

/** A whole number within these bounds, as it is stored; undefined for other texts. */
export function wholeNumber(text: string, least: number, most: number): string | undefined {
  const number = /^\d{1,4}$/u.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? String(number) : undefined;
}
