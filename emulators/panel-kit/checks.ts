import { randomUUID } from "node:crypto";
import { type Check, Invalid, invalid } from "./fields.ts";
import { parseIso } from "./stamps.ts";

/** A whole number; also a float without a fraction, digits in a text, true and false. */
export const integer: Check<number> = (value) => {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string") {
    if (/^\s*[+-]?\d+(?:_\d+)*(?:\.0+)?\s*$/u.test(value)) return Number(value.replaceAll("_", ""));
    throw invalid("Input should be a valid integer, unable to parse string as an integer");
  }
  if (typeof value !== "number") throw invalid("Input should be a valid integer");
  if (Number.isInteger(value)) return value;
  throw invalid("Input should be a valid integer, got a number with a fractional part");
};

/** A text, and nothing else. */
export const text: Check<string> = (value) => {
  if (typeof value === "string") return value;
  throw invalid("Input should be a valid string");
};

/** How many characters a text has, as Python counts them. */
export const lengthOf = (value: string): number => Array.from(value).length;

const characters = (count: number): string => `${count} character${count === 1 ? "" : "s"}`;

/** A text of a certain length, in characters. */
export const textOf =
  ({ min = 0, max = Infinity }): Check<string> =>
  (value, earlier) => {
    const read = text(value, earlier);
    const length = lengthOf(read);
    if (length < min) throw invalid(`String should have at least ${characters(min)}`);
    if (length > max) throw invalid(`String should have at most ${characters(max)}`);
    return read;
  };

const truths = new Map<unknown, boolean>([
  ...[true, 1, "1", "true", "t", "yes", "y", "on"].map((value) => [value, true] as const),
  ...[false, 0, "0", "false", "f", "no", "n", "off"].map((value) => [value, false] as const),
]);

/** True or false, also in words. */
export const boolean: Check<boolean> = (value) => {
  const known = truths.get(typeof value === "string" ? value.toLowerCase() : value);
  if (known !== undefined) return known;
  const isScalar = typeof value === "string" || typeof value === "number";
  throw invalid(`Input should be a valid boolean${isScalar ? ", unable to interpret input" : ""}`);
};

function inWords(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`;
}

/** One of these texts. */
export const oneOf =
  <const Name extends string>(names: readonly Name[]): Check<Name> =>
  (value) => {
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    throw invalid(`Input should be ${inWords(names)}`);
  };

/** A list; a wrong item is named by its place. */
export const listOf =
  <Item>(check: Check<Item>): Check<readonly Item[]> =>
  (value, earlier) => {
    if (!Array.isArray(value)) throw invalid("Input should be a valid list");
    const messages: [string, string][] = [];
    const items = value.flatMap((item, at) => {
      try {
        return [check(item, earlier)];
      } catch (error) {
        if (!(error instanceof Invalid)) throw error;
        messages.push(...error.messages.map(([, message]): [string, string] => [`${at}`, message]));
        return [];
      }
    });
    if (messages.length > 0) throw new Invalid(messages);
    return items;
  };

const wholeUuid =
  /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/iu;

/** A UUID in any of its spellings, returned in the usual one. */
export const uuid: Check<string> = (value) => {
  const parts = typeof value === "string" ? wholeUuid.exec(value) : null;
  if (parts !== null) return parts.slice(1).join("-").toLowerCase();
  if (typeof value !== "string") {
    throw invalid("UUID input should be a string, bytes or UUID object");
  }
  throw invalid(`Input should be a valid UUID, ${wordUuidError(value)}`);
};

const groupLengths = [8, 4, 4, 4, 12];

/** What is wrong with a UUID, in the words of the library that reads it. */
function wordUuidError(value: string): string {
  const wrong = /[^0-9a-f-]/iu.exec(value);
  if (wrong !== null) {
    const rest = `found \`${wrong[0]}\` at ${wrong.index + 1}`;
    const wanted = "expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-]";
    return `invalid character: ${wanted}, ${rest}`;
  }
  const groups = value.split("-");
  if (groups.length === 1) {
    return `invalid length: expected length 32 for simple format, found ${value.length}`;
  }
  if (groups.length !== 5) return `invalid group count: expected 5, found ${groups.length}`;
  const at = groups.findIndex((group, index) => group.length !== groupLengths[index]);
  const found = groups[at]?.length ?? 0;
  return `invalid group length in group ${at}: expected ${groupLengths[at] ?? 0}, found ${found}`;
}

/** A UUID to use where none was sent. */
export const newUuid = (): string => randomUUID();

/** Numbers above this are milliseconds, as Pydantic reads them. */
const millisecondsAbove = 2e10;

/** A time, in milliseconds since 1970: ISO, or seconds as a number or in digits. */
export const datetime: Check<number> = (value) => {
  if (
    typeof value === "number" ||
    (typeof value === "string" && /^-?\d+(?:\.\d+)?$/u.test(value))
  ) {
    const number = Number(value);
    return Math.abs(number) > millisecondsAbove ? number : Math.round(number * 1_000);
  }
  if (typeof value !== "string") throw invalid("Input should be a valid datetime");
  const parsed = parseIso(value);
  if (parsed !== undefined) return parsed.ms;
  throw invalid(`Input should be a valid datetime or date, ${wordTimeError(value)}`);
};

function wordTimeError(value: string): string {
  if (value.length < 10) return "input is too short";
  const [, month, day] = /^\d{4}-(\d\d)-(\d\d)/u.exec(value) ?? [];
  if (day === undefined) return "invalid character in year";
  if (month === "00" || Number(month) > 12) return "month value is outside expected range of 1-12";
  return "day value is outside expected range";
}

/** The same as the clock on the wall shows it: SQLite drops the zone, and so moves the time. */
export const wallTime: Check<number> = (value, earlier) => {
  const ms = datetime(value, earlier);
  return typeof value === "string" ? (parseIso(value)?.wallMs ?? ms) : ms;
};
