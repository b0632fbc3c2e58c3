import { randomBytes, randomInt } from "node:crypto";
import type { HandshakeHeaders } from "./handshake.ts";
import type { AmneziaWgParameters, HeaderRange } from "./parameters.ts";

const within =
  ({ low, high }: HeaderRange) =>
  (header: number): boolean =>
    header >= low && header <= high;

/** A random value of a range, both ends included. */
const draw = ({ low, high }: HeaderRange): number => low + randomInt(high - low + 1);

/** How handshakes of these parameters are marked; the initiation's mark is drawn. */
export const headersOf = ({ h1, h2, h3 }: AmneziaWgParameters): HandshakeHeaders => ({
  initiation: draw(h1),
  isResponse: within(h2),
  isCookie: within(h3),
});

/**
 * The packets that an AmneziaWG client sends to begin a handshake, in their order: those that
 * imitate another protocol, junk, and the initiation behind its padding.
 */
export function disguise(initiation: Buffer, parameters: AmneziaWgParameters): Buffer[] {
  const { jc, jmin, jmax, s1, i } = parameters;
  const junk = Array.from({ length: jc }, () => randomBytes(jmin + randomInt(jmax - jmin + 1)));
  return [...i.map(imitate), ...junk, Buffer.concat([randomBytes(s1), initiation])];
}

/** What of a packet may be the answer to a handshake: without the padding of its kind. */
export const undisguise = (packet: Buffer, { s2, s3 }: AmneziaWgParameters): readonly Buffer[] => [
  packet.subarray(s2),
  packet.subarray(s3),
];

const digits = "0123456789";
const characters = `${digits}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`;

const randomText = (alphabet: string, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join(""));

/** A packet of the tag language: `<b 0xHEX>`, `<r N>`, `<rd N>`, `<rc N>`, `<t>`. */
function imitate(packet: string): Buffer {
  const tags = packet.matchAll(/<(\w+)(?: (?:0x)?(\w+))?>/gu);
  return Buffer.concat(Array.from(tags, ([, tag = "", value = ""]) => bytesOf(tag, value)));
}

function bytesOf(tag: string, value: string): Buffer {
  if (tag === "b") return Buffer.from(value, "hex");
  if (tag === "r") return randomBytes(Number(value));
  if (tag === "rd") return randomText(digits, Number(value));
  if (tag === "rc") return randomText(characters, Number(value));
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(Date.now() / 1_000));
  return seconds;
}
