import { readFileSync } from "node:fs";

type Variables = Readonly<Record<string, string | undefined>>;

export interface Resolved {
  readonly given: Record<string, string>;
  /** By variable; no secret is among the words. */
  readonly problems: ReadonlyMap<string, string>;
}

const isSet = (value: string | undefined): value is string => Boolean(value?.trim());

/**
 * Puts secrets in place that come by file. `NAME_FILE` holds the path of a file with the value of
 * NAME, whose outer white space is cut off; an empty file counts as absent. A password beside a
 * URL, `DATABASE_PASSWORD` beside `DATABASE_URL`, is put into it, so that a secret file need not
 * hold a whole URL; one that is asked for by its own name, as `TBANK_PASSWORD`, is not the URL's.
 */
export function withSecretFiles(environment: Variables, names: readonly string[]): Resolved {
  const set = Object.entries(environment).filter(([, value]) => isSet(value));
  const given = Object.fromEntries(set) as Record<string, string>;
  const problems = new Map<string, string>();
  const urls = names.filter((name) => name.endsWith("_URL") && !names.includes(passwordOf(name)));
  for (const name of [...names, ...urls.map(passwordOf)]) {
    const problem = takeFile(given, name);
    if (problem !== undefined) problems.set(name, problem);
  }
  for (const name of urls) {
    const problem = takePassword(given, name);
    if (problem !== undefined) problems.set(name, problem);
  }
  return { given, problems };
}

const passwordOf = (urlName: string): string => urlName.replace(/URL$/u, "PASSWORD");

function takeFile(given: Record<string, string>, name: string): string | undefined {
  const path = given[`${name}_FILE`];
  if (path === undefined) return undefined;
  if (given[name] !== undefined) return `is set, and ${name}_FILE too: keep one of the two`;
  try {
    const content = readFileSync(path, "utf8").trim();
    if (content !== "") given[name] = content;
    return undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    return `${name}_FILE names ${path}, which cannot be read (${reason})`;
  }
}

function takePassword(given: Record<string, string>, urlName: string): string | undefined {
  const password = given[passwordOf(urlName)];
  const text = given[urlName];
  if (password === undefined || text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.password !== "")
    return `holds a password, and ${passwordOf(urlName)} is set too: keep one`;
  // A colon or an @ in it would change what the URL says.
  url.password = encodeURIComponent(password);
  given[urlName] = url.href;
  return undefined;
}
