const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * The bytes of base64 in either alphabet, with or without padding. Undefined: a character is wrong,
 * or the bits behind the last whole byte are not zero.
 */
export function decodeBase64(text: string): readonly number[] | undefined {
  const digits = text.replace(/=+$/u, "").replaceAll("+", "-").replaceAll("/", "_");
  if (!/^[\w-]*$/u.test(digits)) return undefined;
  const bits = Array.from(digits, (one) => alphabet.indexOf(one).toString(2).padStart(6, "0"));
  const whole = bits.join("");
  const bytes = whole.match(/.{8}/gu) ?? [];
  if (whole.slice(8 * bytes.length).includes("1")) return undefined;
  return bytes.map((byte) => Number.parseInt(byte, 2));
}

/** Bytes in the alphabet of URLs; their number is a multiple of three. */
export const encodeBase64Url = (bytes: readonly number[]): string =>
  Array.from({ length: bytes.length / 3 }, (_, triple) => {
    const [one = 0, two = 0, three = 0] = bytes.slice(triple * 3);
    const bits = (one << 16) | (two << 8) | three;
    return [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63]).join("");
  }).join("");
