import { readFileSync } from "node:fs";

type Variables = Readonly<Record<string, string | undefined>>;

/** An environment with the values of its secret files. */
export interface ResolvedVariables {
  readonly values: Record<string, string>;
  /** By variable; the texts contain no secret. */
  readonly problems: ReadonlyMap<string, string>;
}

const isSet = (value: string | undefined): value is string => Boolean(value?.trim());

/**
 * Fills in secrets that come from files. `NAME_FILE` holds the path of a file with the value of
 * NAME, trimmed; an empty file counts as absent. A password beside a URL, `DATABASE_PASSWORD`
 * beside `DATABASE_URL`, is put into it, so that a secret file need not contain a whole URL. A
 * password that is a variable of its own, such as `TBANK_PASSWORD`, is not put into the URL.
 */
export function withSecretFiles(
  environment: Variables,
  names: readonly string[],
): ResolvedVariables {
  const set = Object.entries(environment).filter(([, value]) => isSet(value));
  const values = Object.fromEntries(set) as Record<string, string>;
  const problems = new Map<string, string>();
  const urls = names.filter((name) => name.endsWith("_URL") && !names.includes(passwordOf(name)));
  for (const name of [...names, ...urls.map(passwordOf)]) {
    const problem = takeFile(values, name);
    if (problem !== undefined) problems.set(name, problem);
  }
  for (const name of urls) {
    const problem = takePassword(values, name);
    if (problem !== undefined) problems.set(name, problem);
  }
  return { values, problems };
}

const passwordOf = (urlName: string): string => urlName.replace(/URL$/u, "PASSWORD");

function takeFile(values: Record<string, string>, name: string): string | undefined {
  const path = values[`${name}_FILE`];
  if (path === undefined) return undefined;
  if (values[name] !== undefined) return `is set, and ${name}_FILE too: keep one of the two`;
  try {
    const content = readFileSync(path, "utf8").trim();
    if (content !== "") values[name] = content;
    return undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    return `${name}_FILE names ${path}, which cannot be read (${reason})`;
  }
}

function takePassword(values: Record<string, string>, urlName: string): string | undefined {
  const password = values[passwordOf(urlName)];
  const text = values[urlName];
  if (password === undefined || text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.password !== "")
    return `holds a password, and ${passwordOf(urlName)} is set too: keep one`;
  // A colon or an @ in it would change the URL's meaning.
  url.password = encodeURIComponent(password);
  values[urlName] = url.href;
  return undefined;
}
