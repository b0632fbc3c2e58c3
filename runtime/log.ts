import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

const hidden = "[hidden]";

/** Fields whose text is always a secret, at any depth of a line. */
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

/** What must not appear in a log, anywhere in a line. */
const secrets: readonly [RegExp, string][] = [
  [
    new RegExp(`("(?:${secretFields.join("|")})":)"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`, "gu"),
    `$1"${hidden}"`,
  ],
  // A bot's token, and anything in its place in a URL of the Bot API.
  [/\d{5,20}:[\w-]{30,100}/gu, hidden],
  [/(\/bot)\d+:[\w-]+/gu, `$1${hidden}`],
  // Keys of 32 bytes: base64 anywhere, hexadecimal after a name that says so.
  [/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=/gu, hidden],
  [/((?:private|preshared)_?key\s*[=:]\s*(?:\\?")?)[A-Za-z0-9+/=]{20,}/giu, `$1${hidden}`],
  [/(vpn:\/\/)[\w+/=-]{20,}/gu, `$1${hidden}`],
];

/** The text before a URL's password. It looks at no place of a text twice. */
const beforePassword = /[a-z0-9+.-]:\/\/[^:@/]*:/iu;

/**
 * Hides the password of any URL in a text without spaces and quotes, also one that contains an @:
 * everything from the first password's beginning to the last @.
 */
function withoutPassword(stretch: string): string {
  const end = stretch.lastIndexOf("@");
  const found = end === -1 ? null : beforePassword.exec(stretch.slice(0, end));
  if (found === null) return stretch;
  return `${stretch.slice(0, found.index)}${found[0]}${hidden}${stretch.slice(end)}`;
}

/**
 * The parts of a line that can contain a URL, in plain text or JSON:
 * an escaped character belongs to it.
 */
const stretches = /(?:[^\s"\\]+|\\.)+/gu;

/** Removes secrets from a finished line, in time linear in its length. */
export function scrub(line: string): string {
  const scrubbed = secrets.reduce(
    (text, [pattern, instead]) => text.replaceAll(pattern, instead),
    line,
  );
  return line.includes("@") ? scrubbed.replaceAll(stretches, withoutPassword) : scrubbed;
}

/** Writes JSON lines to standard output, without secrets. */
export function createLogger(
  name: string,
  level: string,
  out: DestinationStream = process.stdout,
): Logger {
  const destination = { write: (line: string) => out.write(scrub(line)) };
  return pino({ name, level }, destination);
}
