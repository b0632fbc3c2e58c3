/**
 * Parses JSON with each number as the text it was written as: ids and amounts have up to 20 digits, more than a
 * number holds, and T-Bank's tokens are made of what was written.
 * @throws SyntaxError when it is not JSON.
 */
export function parseLiterally(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" ? (context?.source ?? String(value)) : value,
  );
}

/**
 * Parses JSON to be kept as evidence: as it was written, but that whole numbers which a number does not hold
 * become texts.
 * @throws SyntaxError when it is not JSON.
 */
export function parseAsEvidence(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER
      ? (context?.source ?? String(value))
      : value,
  );
}

/**
 * Gateways write one and the same value as a JSON number here and as a text there, and `null` where it is
 * absent. Each reader here takes all of that; undefined is absence, and `unreadable` is anything else.
 */
export const unreadable = Symbol("unreadable");
export type ParsedValue<Value> = Value | undefined | typeof unreadable;

const isAbsent = (value: unknown): value is null | undefined =>
  value === null || value === undefined;

const written = (value: unknown): string | undefined => {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
};

/** A decimal without an exponent, `0.105`, with its sign if it has one. */
export function decimalIn(value: unknown): ParsedValue<string> {
  if (isAbsent(value)) return undefined;
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d{1,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/u.exec(written(value) ?? "") ?? [];
  if (whole === undefined) return unreadable;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), "0");
  const at = Math.max(1, point);
  const before = padded
    .slice(0, at)
    .padEnd(at, "0")
    .replace(/^0+(?=\d)/u, "");
  const behind = padded.slice(at);
  return `${sign}${before}${behind === "" ? "" : `.${behind}`}`;
}

/** A whole number without a sign, by its digits: `12`, and also `12.0`. */
export function digitsIn(value: unknown): ParsedValue<string> {
  const decimal = decimalIn(value);
  if (typeof decimal !== "string") return decimal;
  return /^(\d{1,40})(?:\.0*)?$/u.exec(decimal)?.[1] ?? unreadable;
}

/** A whole number without a sign that a number holds exactly. */
export function wholeIn(value: unknown): ParsedValue<number> {
  const digits = digitsIn(value);
  if (typeof digits !== "string") return digits;
  const whole = Number(digits);
  return Number.isSafeInteger(whole) ? whole : unreadable;
}

/** `true` or `false`, also as a text, in whatever case. */
export function flagIn(value: unknown): ParsedValue<boolean> {
  if (isAbsent(value)) return undefined;
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : unreadable;
}
