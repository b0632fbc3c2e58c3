import { randomInt } from "node:crypto";

/** The panel's alphabet: it has neither I nor l, O nor i. */
const alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ_abcdefghjkmnopqrstuvwxyz-";
/** What SHORT_UUID_LENGTH is unless it is set. */
const shortUuidLength = 16;
const passwordLength = 32;

const draw = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");

/** Draws the name of a subscription. */
export const drawShortUuid = (): string => draw(shortUuidLength);

/** Draws a password of Trojan or Shadowsocks. */
export const drawPassword = (): string => draw(passwordLength);
