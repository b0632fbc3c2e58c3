/** The header values of a packet type, both ends included. */
export interface HeaderRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The obfuscation of one AmneziaWG interface, of version 1.0, 1.5 or 2.0. S and H must be equal on
 * host and client; J and I are each side's own. Sizes are in bytes. An interface of 1.x has single
 * headers and S3 = S4 = 0.
 */
export interface AmneziaWgParameters {
  /** How many junk packets are sent before a handshake, each of `jmin` to `jmax` bytes. */
  readonly jc: number;
  readonly jmin: number;
  readonly jmax: number;
  /** Random bytes before a handshake's initiation, its response, a cookie and every data packet. */
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
  readonly s4: number;
  readonly h1: HeaderRange;
  readonly h2: HeaderRange;
  readonly h3: HeaderRange;
  readonly h4: HeaderRange;
  /**
   * Up to five packets that imitate another protocol, I1 first,
   * in the tag language `<b 0x…><r N>…`.
   */
  readonly i: readonly string[];
}

type RandomInt = (min: number, max: number) => number;

const initiationBytes = 148;
const responseBytes = 92;
const cookieBytes = 64;
const lowestHeader = 5;
const highestHeader = 2 ** 31 - 1;
/** Headers have four bytes. */
const headerValues = 2 ** 32;
const largestPacketBytes = 1_280;
const mostPacketsAhead = 128;

/** `13` or `13-37`, as configuration files and the daemon write a range. */
export const headerText = ({ low, high }: HeaderRange): string =>
  low === high ? `${low}` : `${low}-${high}`;

/**
 * Draws a set that every AmneziaWG 2.0 client accepts and that loses no packets to its own
 * obfuscation, within the bounds of the Amnezia app. `randomInt` gives a whole number from min to
 * max, both included.
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
  while (violations(drawn).length + warnings(drawn).length > 0) drawn = draw();
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

/**
 * A DNS response (RFC 1035, section 4) that gives example.com a random address;
 * each packet draws its id.
 */
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

/** Whether clients of 1.x can use it too: they know neither S3 and S4 nor ranges. */
export const isOfFirstGeneration = ({ s3, s4, h1, h2, h3, h4 }: AmneziaWgParameters): boolean =>
  s3 === 0 && s4 === 0 && [h1, h2, h3, h4].every(isSingle);

const isSingle = ({ low, high }: HeaderRange): boolean => low === high;

/**
 * Why a set cannot work, in words for an operator; empty when it can. The daemon silently accepts
 * most broken sets and then panics at the next handshake, so check this first.
 */
export function violations(parameters: AmneziaWgParameters): string[] {
  return [
    ...outOfBounds(parameters),
    ...brokenCounts(parameters),
    ...equalSizes(parameters),
    ...brokenHeaders(parameters),
    ...parameters.i.flatMap(brokenImitation),
  ];
}

/**
 * What a working set loses, in words for an operator:
 * a share of packets, part of the obfuscation, an app.
 */
export function warnings(parameters: AmneziaWgParameters): string[] {
  return [...lostDataPackets(parameters), ...strangeHeaders(parameters)];
}

function outOfBounds({ jc, jmin, jmax, s1, s2, s3, s4 }: AmneziaWgParameters): string[] {
  const bounds: [name: string, value: number, min: number, max: number][] = [
    ["Jc", jc, 1, mostPacketsAhead],
    ["Jmin", jmin, 1, largestPacketBytes],
    ["Jmax", jmax, 1, largestPacketBytes],
    ["S1", s1, 0, largestPacketBytes - initiationBytes],
    ["S2", s2, 0, largestPacketBytes - responseBytes],
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

interface Handshake {
  /** The names of its padding and of its header. */
  readonly names: readonly [padding: string, header: string];
  readonly bytes: number;
  readonly header: HeaderRange;
}

const handshakes = ({ s1, s2, s3, h1, h2, h3 }: AmneziaWgParameters): readonly Handshake[] => [
  { names: ["S1", "H1"], bytes: s1 + initiationBytes, header: h1 },
  { names: ["S2", "H2"], bytes: s2 + responseBytes, header: h2 },
  { names: ["S3", "H3"], bytes: s3 + cookieBytes, header: h3 },
];

/** Two kinds of handshake packets of the same size are mistaken for each other. */
function equalSizes(parameters: AmneziaWgParameters): string[] {
  const kinds = handshakes(parameters);
  return kinds.flatMap(({ names: [name], bytes }, index) =>
    kinds
      .slice(index + 1)
      .filter((other) => other.bytes === bytes)
      .map(
        ({ names: [other] }) =>
          `${name} and ${other} make two kinds of packets ${bytes} bytes long`,
      ),
  );
}

/**
 * A data packet is S4 + 32 bytes and the payload, which is padded to a multiple of 16. One that is
 * as long as a handshake packet is taken for it, and lost, when its random bytes fall into that
 * header's range. With single headers this happens once in 2^32 packets, which is negligible.
 */
function lostDataPackets(parameters: AmneziaWgParameters): string[] {
  const { s4 } = parameters;
  return handshakes(parameters)
    .filter(({ bytes, header }) => (bytes - s4 - 32) % 16 === 0 && !isSingle(header))
    .map(({ names: [padding, name], bytes, header: { low, high } }) => {
      const percent = (((high - low + 1) / headerValues) * 100).toPrecision(2);
      return `${padding} and S4 (${s4}) make data packets of ${bytes} bytes look like handshakes: ${percent} % of them are lost; a single value for ${name} prevents it`;
    });
}

const headersOf = ({ h1, h2, h3, h4 }: AmneziaWgParameters) =>
  Object.entries({ H1: h1, H2: h2, H3: h3, H4: h4 });

const isHeader = (value: number): boolean =>
  Number.isSafeInteger(value) && value >= 1 && value < headerValues;

function brokenHeaders(parameters: AmneziaWgParameters): string[] {
  const ranges = headersOf(parameters);
  const outside = ranges
    .filter(([, { low, high }]) => !isHeader(low) || !isHeader(high) || low > high)
    .map(
      ([name, range]) =>
        `${name} (${headerText(range)}) is not an ascending range inside 1-${headerValues - 1}`,
    );
  const overlapping = ranges.flatMap(([name, range], index) =>
    ranges
      .slice(index + 1)
      .filter(([, other]) => range.low <= other.high && other.low <= range.high)
      .map(([other]) => `${name} and ${other} overlap`),
  );
  return [...outside, ...overlapping];
}

/**
 * The daemon takes any four bytes. This says what they give away, and which app cannot handle them.
 */
function strangeHeaders(parameters: AmneziaWgParameters): string[] {
  return headersOf(parameters).flatMap(([name, { low, high }]) => [
    ...(low < lowestHeader
      ? [`${name} has a value of WireGuard itself: its packets are recognised`]
      : []),
    ...(high > highestHeader
      ? [`${name} is above ${highestHeader}: the app for Windows cannot edit such a tunnel`]
      : []),
  ]);
}

const imitation = /^(?:<(?:b 0x(?:[0-9a-f]{2})+|(?:r|rd|rc) \d{1,4}|t)>)+$/iu;

function brokenImitation(packet: string, index: number): string[] {
  const name = `I${index + 1}`;
  if (!imitation.test(packet)) {
    return [`${name} is not a row of <b 0xHEX>, <r N>, <rd N>, <rc N> and <t>`];
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
