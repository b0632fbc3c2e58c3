import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

const hidden = "[hidden]";

/** Fields whose text is a secret whatever it looks like, at any depth of a line. */
const secretFields = [
  "token",
  "secret",
  "password",
  "authorization",
  "privateKey",
  "presharedKey",
  "conf",
  "importLink",
  "qrText",
];

/** What must not be read in a log, wherever in a line it stands. */
const secrets: readonly [RegExp, string][] = [
  [new RegExp(`("(?:${secretFields.join("|")})":)"(?:[^"\\\\]|\\\\.)*"`, "gu"), `$1"${hidden}"`],
  // A bot's token, and whatever stands in its place in a URL of the Bot API.
  [/\d{5,20}:[\w-]{30,100}/gu, hidden],
  [/(\/bot)\d+:[\w-]+/gu, `$1${hidden}`],
  // Keys of 32 bytes: base64 anywhere, hexadecimal where a name says so.
  [/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=/gu, hidden],
  [/((?:private|preshared)_?key\s*[=:]\s*(?:\\?")?)[A-Za-z0-9+/=]{20,}/giu, `$1${hidden}`],
  [/(vpn:\/\/)[\w+/=-]{20,}/gu, `$1${hidden}`],
  // The password of any URL, also one that holds an @ itself.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s"\\]*:)(?:[^\s"\\]|\\.)*@/giu, `$1${hidden}@`],
];

/** Takes secrets out of a finished line. */
export function scrub(line: string): string {
  return secrets.reduce((text, [pattern, instead]) => text.replaceAll(pattern, instead), line);
}

/** JSON lines on standard output, every one scrubbed. */
export function createLogger(
  name: string,
  level: string,
  out: DestinationStream = process.stdout,
): Logger {
  const destination = { write: (line: string) => out.write(scrub(line)) };
  return pino({ name, level }, destination);
}
