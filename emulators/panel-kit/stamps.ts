/** A time as Python prints it: six digits of a second, or none, and no zone. */
export function naiveIso(ms: number): string {
  const text = new Date(ms).toISOString();
  const [seconds = "", fraction = ""] = text.replace("Z", "").split(".");
  return fraction === "000" ? seconds : `${seconds}.${fraction}000`;
}

/** The same with its zone, which is UTC. */
export const zonedIso = (ms: number): string => `${naiveIso(ms)}Z`;

/** Whole seconds since 1970, rounded up: when a subscription's link was issued. */
export const ceilSeconds = (ms: number): number => Math.ceil(ms / 1_000);

/** What a text of a date means. */
export interface ParsedTime {
  readonly ms: number;
  /** The same without its zone. */
  readonly wallMs: number;
  readonly hasZone: boolean;
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/u;

function zoneMs(zone: string): number {
  const [, sign = "+", hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/u.exec(zone) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? -ms : ms;
}

/** Reads an ISO date or time; undefined: it is neither. Without a zone it counts as UTC. */
export function parseIso(text: string): ParsedTime | undefined {
  const found = iso.exec(text.trim());
  if (found === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = found;
  const date = [year, month, day].map(Number) as [number, number, number];
  const ms = Date.UTC(date[0], date[1] - 1, date[2], Number(hour), Number(minute), Number(second));
  const isReal = new Date(Date.UTC(date[0], date[1] - 1, date[2])).getUTCDate() === date[2];
  if (!isReal || date[1] > 12 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  const fractionMs = fraction === "" ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000);
  const hasZone = zone !== undefined;
  const wallMs = ms + fractionMs;
  return { ms: wallMs - (hasZone ? zoneMs(zone) : 0), wallMs, hasZone };
}
