/**
 * Parses JSON with each number as its original text: ids and amounts have up to 20 digits, more
 * than a number holds, and T-Bank signs what was written.
 * @throws SyntaxError when it is not JSON.
 */
export function parseLiterally(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" ? (context?.source ?? String(value)) : value,
  );
}

/**
 * Parses JSON to be kept as evidence: unchanged, except that whole numbers which a number cannot
 * hold become texts.
 * @throws SyntaxError when it is not JSON.
 */
export function parseAsEvidence(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER
      ? (context?.source ?? String(value))
      : value,
  );
}

/** Parses what should be JSON; undefined where it is not. */
export function parseOrUndefined(
  text: string,
  parse: (text: string) => unknown = parseLiterally,
): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a reader of this file gives for anything that it cannot read. Gateways write the same value
 * as a JSON number here and as a text there, and `null` where it is absent: each reader takes all
 * of that, and gives undefined for absence.
 */
export const unreadable = Symbol("unreadable");
/** A value that was read, undefined where it is absent, or `unreadable`. */
export type ParsedValue<Value> = Value | undefined | typeof unreadable;

const isAbsent = (value: unknown): value is null | undefined =>
  value === null || value === undefined;

const textOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
};

/** A decimal without an exponent, `0.105`, with its sign if it has one. */
export function decimalIn(value: unknown): ParsedValue<string> {
  if (isAbsent(value)) return undefined;
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d{1,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/u.exec(textOf(value) ?? "") ?? [];
  if (whole === undefined) return unreadable;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), "0");
  const at = Math.max(1, point);
  const before = padded
    .slice(0, at)
    .padEnd(at, "0")
    .replace(/^0+(?=\d)/u, "");
  const after = padded.slice(at);
  return `${sign}${before}${after === "" ? "" : `.${after}`}`;
}

/** A whole number without a sign, as digits: `12`, also for `12.0`. */
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

/** `true` or `false`, also as a text, in any case. */
export function flagIn(value: unknown): ParsedValue<boolean> {
  if (isAbsent(value)) return undefined;
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : unreadable;
}
