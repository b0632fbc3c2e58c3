/** Picks among the three Russian plural forms: 1 день, 2 дня, 5 дней. */
export function plural(n: number, [one, few, many]: readonly [string, string, string]): string {
  const [tens, units] = [Math.abs(n) % 100, Math.abs(n) % 10];
  if (!Number.isInteger(n)) return few;
  if (tens > 10 && tens < 20) return many;
  if (units === 1) return one;
  return units >= 2 && units <= 4 ? few : many;
}

export const counted = (n: number, forms: readonly [string, string, string]): string =>
  `${n} ${plural(n, forms)}`;
