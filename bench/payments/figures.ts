/**
 * The smallest value that at least this share of the values does not exceed;
 * NaN when there are none.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle; NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const around = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return ((around[0] ?? Number.NaN) + (around[1] ?? Number.NaN)) / 2;
}

/** The sum; 0 when there are none. */
export const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

/** Text of the form `median (least..most)`. */
export function spread(values: readonly number[], digits = 1): string {
  if (values.length === 0) return "—";
  const middle = median(values);
  const least = Math.min(...values);
  const most = Math.max(...values);
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}..${most.toFixed(digits)})`;
}
