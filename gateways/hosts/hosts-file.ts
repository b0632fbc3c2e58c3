import { readFileSync } from "node:fs";
import * as z from "zod";
import { hostSettings, type HostSettings } from "./registry.ts";

/** The longest name of a host, and the limits of its other numbers. */
export const hostName = z
  .string()
  .regex(/^\S(?:.*\S)?$/u, "is the host's name")
  .max(64, "has up to 64 characters");
/** How many devices a host takes. */
export const hostCapacity = z.int().min(1).max(1_000_000);
/** How much of the load it takes, in relation to its capacity. */
export const hostWeight = z.int().min(0).max(1_000);

const hostEntries = z
  .array(
    z.strictObject({
      name: hostName,
      capacity: hostCapacity.default(200),
      weight: hostWeight.default(1),
      settings: hostSettings,
    }),
  )
  .refine((hosts) => new Set(hosts.map(({ name }) => name)).size === hosts.length, {
    error: "each host needs a name of its own",
  });

/** One host of a file. */
export interface HostsFileEntry {
  readonly name: string;
  readonly capacity: number;
  readonly weight: number;
  readonly settings: HostSettings;
}

/** The hosts of a file, or what is wrong with it: its place in the file, never a value. */
export type HostsFile =
  | { readonly entries: readonly HostsFileEntry[] }
  | { readonly problem: string };

/** Reads a JSON file of hosts. */
export function readHostsFile(path: string): HostsFile {
  const read = readJsonFile(path);
  if ("problem" in read) return read;
  const parsed = hostEntries.safeParse(read.content);
  if (parsed.success) return { entries: parsed.data };
  const problems = parsed.error.issues.map(({ path: at, message }) =>
    at.length === 0 ? message : `${at.join(".")}: ${message}`,
  );
  return { problem: problems.join("; ") };
}

/** Reads a JSON file, or the standard input where its name is `-`. No message has its content. */
export function readJsonFile(
  path: string,
): { readonly content: unknown } | { readonly problem: string } {
  try {
    return { content: JSON.parse(readFileSync(path === "-" ? 0 : path, "utf8")) as unknown };
  } catch (error) {
    return { problem: error instanceof SyntaxError ? "is not JSON" : "cannot be read" };
  }
}
