/** Whether an owner has written, in either language, that there shall be nothing. */
export const isNothing = (text: string): boolean => /^(?:|-|off|no|none|нет)$/iu.test(text);

/** The same of a number, where 0 is nothing too. */
export const isNone = (text: string): boolean => isNothing(text) || text === "0";

/** A setting that is on or off; undefined for other words. */
export const onOrOff = (text: string): string | undefined =>
  ["on", "off"].find((one) => one === text.toLowerCase());

/** A whole number within these bounds, as it is stored; undefined for other texts. */
export function wholeNumber(text: string, least: number, most: number): string | undefined {
  const number = /^\d{1,4}$/u.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? String(number) : undefined;
}
