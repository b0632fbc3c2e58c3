/** Header values a packet type may carry, both ends included. */
export interface HeaderRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The disguise of one AmneziaWG 2.0 interface. S and H have to be equal on host and client; J and I are each
 * side's own. Sizes are bytes.
 */
export interface AmneziaWgParameters {
  /** How many junk packets go out before a handshake, of `jmin` to `jmax` bytes each. */
  readonly jc: number;
  readonly jmin: number;
  readonly jmax: number;
  /** Random bytes before a handshake's opening, its answer, a cookie and every data packet. */
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
  readonly s4: number;
  readonly h1: HeaderRange;
  readonly h2: HeaderRange;
  readonly h3: HeaderRange;
  readonly h4: HeaderRange;
  /** Up to five packets that imitate another protocol, I1 first, in the tag language `<b 0x…><r N>…`. */
  readonly i: readonly string[];
}

type RandomInt = (min: number, max: number) => number;

const openingBytes = 148;
const answerBytes = 92;
const cookieBytes = 64;
const lowestHeader = 5;
const highestHeader = 2 ** 31 - 1;
const largestPacketBytes = 1_280;
const mostPacketsAhead = 128;

/** `13` or `13-37`, as configuration files and the daemon write a range. */
export const headerText = ({ low, high }: HeaderRange): string =>
  low === high ? `${low}` : `${low}-${high}`;

/**
 * Draws a set that every AmneziaWG 2.0 client accepts and that loses no packets to its own disguise, in the
 * bounds of the Amnezia app. `randomInt` gives a whole number from min to max, both included.
 */
export function generateParameters(randomInt: RandomInt): AmneziaWgParameters {
  const [h1, h2, h3, h4] = drawHeaders(randomInt);
  const draw = (): AmneziaWgParameters => ({
    jc: randomInt(4, 6),
    jmin: 10,
    jmax: 50,
    s1: randomInt(15, 149),
    s2: randomInt(15, 149),
    s3: randomInt(0, 63),
    s4: randomInt(0, 19),
    h1,
    h2,
    h3,
    h4,
    i: [fakeDnsAnswer(randomInt)],
  });
  let drawn = draw();
  while (violations(drawn).length > 0) drawn = draw();
  return drawn;
}

type FourRanges = [HeaderRange, HeaderRange, HeaderRange, HeaderRange];

function drawHeaders(randomInt: RandomInt): FourRanges {
  const bounds = new Set<number>();
  while (bounds.size < 8) bounds.add(randomInt(lowestHeader, highestHeader));
  const sorted = [...bounds].toSorted((a, b) => a - b);
  const range = (index: number): HeaderRange => ({
    low: sorted[2 * index] ?? 0,
    high: sorted[2 * index + 1] ?? 0,
  });
  return [range(0), range(1), range(2), range(3)];
}

const hex = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A DNS response (RFC 1035, section 4) that gives example.com a random address; its id is drawn per packet. */
function fakeDnsAnswer(randomInt: RandomInt): string {
  const flagsAndCounts = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
  const name = ["example", "com"].flatMap((label) => [
    label.length,
    ...Array.from(label, (letter) => letter.codePointAt(0) ?? 0),
  ]);
  const question = [...name, 0, 0, 1, 0, 1];
  const sameNameInFiveMinutes = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0x01, 0x2c, 0, 4];
  const address = Array.from({ length: 4 }, () => randomInt(1, 254));
  const bytes = [...flagsAndCounts, ...question, ...sameNameInFiveMinutes, ...address];
  return `<r 2><b 0x${hex(bytes)}>`;
}

/**
 * What is wrong with a set, in words for an operator; empty when nothing is. The daemon accepts most broken
 * sets in silence and then panics at the next handshake or drops packets, so this is asked first.
 */
export function violations(parameters: AmneziaWgParameters): string[] {
  return [
    ...outOfBounds(parameters),
    ...brokenCounts(parameters),
    ...confusableSizes(parameters),
    ...brokenHeaders(parameters),
    ...parameters.i.flatMap(brokenImitation),
  ];
}

function outOfBounds({ jc, jmin, jmax, s1, s2, s3, s4 }: AmneziaWgParameters): string[] {
  const bounds: [name: string, value: number, min: number, max: number][] = [
    ["Jc", jc, 1, mostPacketsAhead],
    ["Jmin", jmin, 1, largestPacketBytes],
    ["Jmax", jmax, 1, largestPacketBytes],
    ["S1", s1, 0, largestPacketBytes - openingBytes],
    ["S2", s2, 0, largestPacketBytes - answerBytes],
    ["S3", s3, 0, largestPacketBytes - cookieBytes],
    ["S4", s4, 0, largestPacketBytes],
  ];
  return bounds
    .filter(([, value, min, max]) => !Number.isSafeInteger(value) || value < min || value > max)
    .map(
      ([name, value, min, max]) => `${name} is a whole number from ${min} to ${max}, got ${value}`,
    );
}

function brokenCounts({ jc, jmin, jmax, i }: AmneziaWgParameters): string[] {
  const wrong: string[] = [];
  if (jmin > jmax) wrong.push(`Jmin (${jmin}) is above Jmax (${jmax}): the daemon would panic`);
  if (jc + i.length + 1 > mostPacketsAhead) {
    wrong.push(
      `Jc (${jc}) and ${i.length} I packets exceed ${mostPacketsAhead - 1}: the daemon would panic`,
    );
  }
  if (i.length > 5) wrong.push(`there are I1 to I5, got ${i.length} I packets`);
  return wrong;
}

/** Two kinds of packets of one size, or a data packet of a handshake's size, get mistaken for each other. */
function confusableSizes({ s1, s2, s3, s4 }: AmneziaWgParameters): string[] {
  const kinds: [name: string, padding: number, bytes: number][] = [
    ["S1", s1, openingBytes],
    ["S2", s2, answerBytes],
    ["S3", s3, cookieBytes],
  ];
  const equal = kinds.flatMap(([name, padding, bytes], index) =>
    kinds
      .slice(index + 1)
      .filter(([, otherPadding, otherBytes]) => padding + bytes === otherPadding + otherBytes)
      .map(
        ([other]) => `${name} and ${other} make two kinds of packets ${padding + bytes} bytes long`,
      ),
  );
  // A data packet is S4 + 32 bytes and the payload, which is padded to whole sixteens.
  const dataLike = kinds
    .filter(([, padding, bytes]) => (padding + bytes - s4 - 32) % 16 === 0)
    .map(
      ([name, padding]) =>
        `${name} (${padding}) and S4 (${s4}) let data packets look like handshakes`,
    );
  return [...equal, ...dataLike];
}

const isHeader = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= lowestHeader && value <= highestHeader;

function brokenHeaders({ h1, h2, h3, h4 }: AmneziaWgParameters): string[] {
  const ranges: [name: string, range: HeaderRange][] = [
    ["H1", h1],
    ["H2", h2],
    ["H3", h3],
    ["H4", h4],
  ];
  const outside = ranges
    .filter(([, { low, high }]) => !isHeader(low) || !isHeader(high) || low > high)
    .map(
      ([name, range]) =>
        `${name} (${headerText(range)}) is no ascending range inside ${lowestHeader}-${highestHeader}`,
    );
  const overlapping = ranges.flatMap(([name, range], index) =>
    ranges
      .slice(index + 1)
      .filter(([, other]) => range.low <= other.high && other.low <= range.high)
      .map(([other]) => `${name} and ${other} overlap`),
  );
  return [...outside, ...overlapping];
}

const imitation = /^(?:<(?:b 0x(?:[0-9a-f]{2})+|(?:r|rd|rc) \d{1,4}|t)>)+$/iu;

function brokenImitation(packet: string, index: number): string[] {
  const name = `I${index + 1}`;
  if (!imitation.test(packet)) {
    return [`${name} is no row of <b 0xHEX>, <r N>, <rd N>, <rc N> and <t>`];
  }
  const bytes = imitationBytes(packet);
  return bytes > largestPacketBytes
    ? [`${name} is ${bytes} bytes long, the most is ${largestPacketBytes}`]
    : [];
}

function imitationBytes(packet: string): number {
  const sizes = Array.from(
    packet.matchAll(/<(\w+)(?: (?:0x)?(\w+))?>/gu),
    ([, tag, value = ""]) => {
      if (tag === "t") return 4;
      return tag?.toLowerCase() === "b" ? value.length / 2 : Number(value);
    },
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
