import type { Address } from "@ton/core";
import { readAddress } from "./addresses.ts";

/** toncenter refuses the call; v3 words it in `error` [TI:models/types.go]. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The rows of a list that were asked for. Both bounds are inclusive. */
export interface Bounds {
  readonly startLt: bigint | undefined;
  readonly endLt: bigint | undefined;
  /** Seconds since 1970. */
  readonly startUtime: number | undefined;
  readonly endUtime: number | undefined;
}

/** Which rows of a list are returned. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
  /** Undefined: the list's own order. */
  readonly sort: "asc" | "desc" | undefined;
}

const maxRows = 1_000;

/** Reads the bounds of a list call. @throws Refusal 422 for anything but whole numbers. */
export function readBounds(query: URLSearchParams): Bounds {
  const utime = (name: string) => {
    const value = wholeNumber(query, name);
    return value === undefined ? undefined : Number(value);
  };
  return {
    startLt: wholeNumber(query, "start_lt"),
    endLt: wholeNumber(query, "end_lt"),
    startUtime: utime("start_utime"),
    endUtime: utime("end_utime"),
  };
}

/**
 * @param defaultLimit rows when the call names no limit; descriptions of v3 differ on it, so
 *   clients should name one.
 * @throws Refusal 422 when a limit, offset or order is wrong.
 */
export function readPage(query: URLSearchParams, defaultLimit: number): Page {
  const limit = Math.max(1, Number(wholeNumber(query, "limit") ?? defaultLimit));
  if (limit > maxRows) throw new Refusal(422, `limit is not allowed: ${limit} > ${maxRows}`);
  const offset = Number(wholeNumber(query, "offset") ?? 0);
  return { limit, offset, sort: readSort(query.get("sort")) };
}

function readSort(text: string | null): "asc" | "desc" | undefined {
  switch (text?.toLowerCase() ?? "") {
    case "":
      return undefined;
    case "asc":
    case "a":
      return "asc";
    case "desc":
    case "d":
      return "desc";
    default:
      throw new Refusal(422, "wrong value for sort parameter");
  }
}

/**
 * All addresses under a name, given once or several times; undefined when there is none.
 * @throws Refusal 422 when one is not an address.
 */
export function readAddresses(query: URLSearchParams, name: string): Address[] | undefined {
  const texts = query.getAll(name).flatMap((text) => text.split(","));
  const given = texts.filter((text) => text !== "");
  if (given.length === 0) return undefined;
  return given.map((text) => {
    // A plus sign of a base64 address arrives as a space when its sender did not escape it.
    const address = readAddress(text.replaceAll(" ", "+"));
    if (address === undefined) throw new Refusal(422, `failed to decode: ${name}`);
    return address;
  });
}

/** Whether a filter of addresses lets one pass; an undefined filter passes all. */
export const includes = (addresses: readonly Address[] | undefined, one: Address): boolean =>
  addresses === undefined || addresses.some((address) => address.equals(one));

/** Whether a row's logical time and unix seconds lie within the bounds. */
export function isWithin(bounds: Bounds, lt: bigint, now: number): boolean {
  const { startLt, endLt, startUtime, endUtime } = bounds;
  return (
    (startLt === undefined || lt >= startLt) &&
    (endLt === undefined || lt <= endLt) &&
    (startUtime === undefined || now >= startUtime) &&
    (endUtime === undefined || now <= endUtime)
  );
}

function wholeNumber(query: URLSearchParams, name: string): bigint | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^\d{1,20}$/u.test(text)) throw new Refusal(422, `failed to decode: ${name}`);
  return BigInt(text);
}
