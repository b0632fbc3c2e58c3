/**
 * Amounts are decimal strings on the wire (an amount in JSON may also come as a number). Here they
 * are whole 10^-18ths, so that no sum is rounded by accident.
 */
const scale = 18n;
const one = 10n ** scale;

/** Undefined unless `text` is a plain decimal number of no more than 18 places. */
export function parseAmount(text: string): bigint | undefined {
  const [, whole = "", fraction = ""] = /^(\d{1,20})(?:\.(\d{1,18}))?$/u.exec(text) ?? [];
  if (whole === "") return undefined;
  return BigInt(whole) * one + BigInt(fraction.padEnd(Number(scale), "0"));
}

/** Without trailing zeros: `125.5`. */
export function writeAmount(amount: bigint): string {
  const sign = amount < 0n ? "-" : "";
  const size = amount < 0n ? -amount : amount;
  const fraction = String(size % one)
    .padStart(Number(scale), "0")
    .replace(/0+$/u, "");
  return `${sign}${size / one}${fraction && `.${fraction}`}`;
}

/** An amount at a rate, cut to 10^-18ths. */
export const multiply = (amount: bigint, rate: bigint): bigint => (amount * rate) / one;

/** Rounded up to `decimals` places, so that the payer never underpays. */
export function divideUp(amount: bigint, rate: bigint, decimals: number): bigint {
  const unit = 10n ** (scale - BigInt(decimals));
  const exact = amount * one;
  const units = (exact + rate * unit - 1n) / (rate * unit);
  return units * unit;
}

/** Cut to `decimals` places. */
export function truncate(amount: bigint, decimals: number): bigint {
  const unit = 10n ** (scale - BigInt(decimals));
  return (amount / unit) * unit;
}

/** A percentage of an amount, with two decimals of the percentage. */
export const percent = (amount: bigint, ofHundred: number): bigint =>
  (amount * BigInt(Math.round(ofHundred * 100))) / 10_000n;
