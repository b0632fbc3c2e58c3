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
  [
    new RegExp(`("(?:${secretFields.join("|")})":)"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`, "gu"),
    `$1"${hidden}"`,
  ],
  // A bot's token, and whatever stands in its place in a URL of the Bot API.
  [/\d{5,20}:[\w-]{30,100}/gu, hidden],
  [/(\/bot)\d+:[\w-]+/gu, `$1${hidden}`],
  // Keys of 32 bytes: base64 anywhere, hexadecimal where a name says so.
  [/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=/gu, hidden],
  [/((?:private|preshared)_?key\s*[=:]\s*(?:\\?")?)[A-Za-z0-9+/=]{20,}/giu, `$1${hidden}`],
  [/(vpn:\/\/)[\w+/=-]{20,}/gu, `$1${hidden}`],
];

/** Where a URL's password begins. No place of a text is looked at twice for it. */
const beforePassword = /[a-z0-9+.-]:\/\/[^:@/]*:/iu;

/**
 * Hides the password of any URL in a stretch of text without spaces and quotes, also one that holds an @
 * itself: all from the first password's beginning to the last @.
 */
function withoutPassword(stretch: string): string {
  const end = stretch.lastIndexOf("@");
  const found = end === -1 ? null : beforePassword.exec(stretch.slice(0, end));
  if (found === null) return stretch;
  return `${stretch.slice(0, found.index)}${found[0]}${hidden}${stretch.slice(end)}`;
}

/** What a URL can stand in, in plain text or in JSON: an escaped sign is part of it. */
const stretches = /(?:[^\s"\\]+|\\.)+/gu;

/** Takes secrets out of a finished line, in time that grows with its length and no faster. */
export function scrub(line: string): string {
  const scrubbed = secrets.reduce(
    (text, [pattern, instead]) => text.replaceAll(pattern, instead),
    line,
  );
  return line.includes("@") ? scrubbed.replaceAll(stretches, withoutPassword) : scrubbed;
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
