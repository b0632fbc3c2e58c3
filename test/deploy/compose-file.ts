import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** Absolute path of the project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The parts of a service that the tests read. */
export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

/** The parts of the file that the tests read. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

/** Environment variables. */
export type Variables = Readonly<Record<string, string>>;

/**
 * Reads docker-compose.yml with its anchors merged and its variables replaced.
 * @throws Error with the file's message when a required variable is not set.
 */
export function readCompose(variables: Variables = {}): ComposeFile {
  const text = readFileSync(`${root}/docker-compose.yml`, "utf8");
  return fillVariables(parse(text, { merge: true }), variables) as ComposeFile;
}

function fillVariables(value: unknown, variables: Variables): unknown {
  if (typeof value === "string") return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => fillVariables(item, variables));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, fillVariables(item, variables)]);
  return Object.fromEntries(entries) as unknown;
}

/**
 * Replaces the forms that the file uses: `${A}`, `${A:-default}`, `${A:?message}`,
 * and `$$` for a `$`.
 */
function interpolate(text: string, variables: Variables): string {
  const form = /\$(?:\$|\{(?<name>\w+)(?::(?<operator>[-?])(?<rest>[^}]*))?\})/gu;
  return text.replaceAll(form, (...found) => {
    const { name, operator, rest } = found.at(-1) as Record<string, string | undefined>;
    if (name === undefined) return "$";
    const value = variables[name] ?? "";
    if (value !== "" || operator === undefined) return value;
    if (operator === "?") throw new Error(`${name}: ${rest}`);
    return rest ?? "";
  });
}

/** The names of the services, each after those that it waits for. */
export function inOrder({ services }: ComposeFile): string[] {
  const ordered: string[] = [];
  const add = (name: string, waiting: readonly string[]) => {
    if (waiting.includes(name)) throw new Error(`${[...waiting, name].join(" → ")} is a circle`);
    const before = Object.keys(services[name]?.depends_on ?? {});
    for (const one of before) add(one, [...waiting, name]);
    if (!ordered.includes(name)) ordered.push(name);
  };
  for (const name of Object.keys(services)) add(name, []);
  return ordered;
}

/** The names of services that run to their end: others wait for their success. */
export function oneShots({ services }: ComposeFile): string[] {
  const waited = Object.values(services).flatMap(({ depends_on: needs }) =>
    Object.entries(needs ?? {}),
  );
  const ends = waited.filter(([, { condition }]) => condition === "service_completed_successfully");
  return [...new Set(ends.map(([name]) => name))];
}
