import { decodeBase64, encodeBase64Url } from "../base64.ts";

/**
 * The forms in which people write one address of TON. All have the same 36 bytes: flags, workchain,
 * 32 bytes of the account and a checksum of these; the raw form has workchain and account alone.
 */
const flagBytes = { bounceable: 0x11, notBounceable: 0x51 } as const;
const testOnly = 0x80;
const accountBytes = 32;
const friendlyBytes = 36;
/** In base64, which needs no padding for them. */
const friendlyLength = 48;

/**
 * The friendly forms of a TON address that is written in any of its forms (`0:…`, `EQ…`, `UQ…`,
 * those of test networks, in either base64): the not bounceable ones first. Empty for anything else,
 * also where a character is wrong. The case of the raw form does not matter.
 */
export function walletForms(text: string): readonly string[] {
  const account = accountIn(text.trim());
  if (account === undefined) return [];
  return [flagBytes.notBounceable, flagBytes.bounceable].flatMap((flag) =>
    [flag, flag | testOnly].map((flags) => friendlyOf(flags, account)),
  );
}

/** The workchain's byte and the account. */
function accountIn(text: string): readonly number[] | undefined {
  const [, chain, hex] = /^(0|-1):([0-9a-f]{64})$/iu.exec(text) ?? [];
  if (chain !== undefined && hex !== undefined) {
    return [chain === "0" ? 0 : 0xff, ...(hex.match(/../gu) ?? []).map((two) => parseInt(two, 16))];
  }
  const bytes = text.length === friendlyLength ? decodeBase64(text) : undefined;
  if (bytes?.length !== friendlyBytes) return undefined;
  const [flags = 0, chain8 = 0] = bytes;
  const kinds: readonly number[] = Object.values(flagBytes);
  if (!kinds.includes(flags & ~testOnly) || (chain8 !== 0 && chain8 !== 0xff)) return undefined;
  const signed = bytes.slice(0, friendlyBytes - 2);
  const isWhole = checksumOf(signed).every((byte, at) => byte === bytes[signed.length + at]);
  return isWhole ? bytes.slice(1, 2 + accountBytes) : undefined;
}

function friendlyOf(flags: number, account: readonly number[]): string {
  const signed = [flags, ...account];
  return encodeBase64Url([...signed, ...checksumOf(signed)]);
}

/** CRC-16/XMODEM, the higher byte first. */
function checksumOf(bytes: readonly number[]): readonly [number, number] {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = sum & 0x8000 ? ((sum << 1) ^ 0x1021) & 0xffff : (sum << 1) & 0xffff;
    }
  }
  return [sum >> 8, sum & 0xff];
}
