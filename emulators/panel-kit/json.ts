// Python's JSON reader: where it gives up is part of the panels' answers, and whole numbers above
// 2^53 are compared with the database's limits although a JavaScript number does not hold them.

const token =
  /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** The place of the first character that Python's reader does not take. */
class Misplaced extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`misplaced at ${at}`);
    this.at = at;
  }
}

const skip = (text: string, at: number): number => {
  let next = at;
  while (/[ \t\n\r]/u.test(text[next] ?? "x")) next += 1;
  return next;
};

function scanString(text: string, at: number): number {
  token.lastIndex = at;
  if (text[at] !== '"' || !token.test(text)) throw new Misplaced(at);
  for (let next = at; next < token.lastIndex; next += 1) {
    if ((text[next] ?? "") < " ") throw new Misplaced(next);
  }
  return token.lastIndex;
}

function scanValue(text: string, at: number): number {
  if (text[at] === "{") return scanItems(text, at, "}", scanMember);
  if (text[at] === "[") return scanItems(text, at, "]", scanValue);
  if (text[at] === '"') return scanString(text, at);
  token.lastIndex = at;
  if (!token.test(text)) throw new Misplaced(at);
  return token.lastIndex;
}

function scanMember(text: string, at: number): number {
  const colon = skip(text, scanString(text, at));
  if (text[colon] !== ":") throw new Misplaced(colon);
  return scanValue(text, skip(text, colon + 1));
}

type Scan = (text: string, at: number) => number;

function scanItems(text: string, open: number, close: string, scanItem: Scan): number {
  let at = skip(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skip(text, scanItem(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ",") throw new Misplaced(at);
    at = skip(text, at + 1);
  }
}

/** Where Python's reader gives up on a text; undefined: it reads all of it. */
export function findJsonError(text: string): number | undefined {
  try {
    const end = skip(text, scanValue(text, skip(text, 0)));
    return end === text.length ? undefined : end;
  } catch (error) {
    if (error instanceof Misplaced) return error.at;
    throw error;
  }
}

/** The smallest number that a signed 64-bit column does not hold. */
export const int64Limit = 2 ** 63;
/** The largest number below it that a double holds. */
const largestInside = int64Limit - 1_024;

/** Keeps a whole number on the side of the 64-bit limit where its digits put it. */
function holdSide(value: number, source: string): number {
  const digits = BigInt(source);
  if (digits >= 2n ** 63n) return Math.max(value, int64Limit);
  if (digits < -(2n ** 63n)) return Math.min(value, -int64Limit - 2_048);
  return Math.max(Math.min(value, largestInside), -int64Limit);
}

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;

const revive: Reviver = (_key, value, { source = "" }) => {
  const isLarge = typeof value === "number" && !Number.isSafeInteger(value);
  return isLarge && /^-?\d+$/u.test(source) ? holdSide(value, source) : value;
};

/** Parses what `findJsonError` takes. */
export const parseJson = (text: string): unknown =>
  JSON.parse(text, revive as (key: string, value: unknown) => unknown);
