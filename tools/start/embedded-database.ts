import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readJson, type Secrets } from "./data-dir.ts";
import { projectRoot } from "./product-process.ts";

/**
 * URL of a running `npm start`'s embedded database, for the reader's role;
 * undefined when there is none.
 */
export const embeddedReaderUrl = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  urlOf(env, "reader");

/** What its worker holds: the writer's URL, and the keys that seal; undefined when there is none. */
export function embeddedWriter(
  env: NodeJS.ProcessEnv = process.env,
): { readonly url: string; readonly encryptionKeys: string } | undefined {
  const url = urlOf(env, "writer");
  const { encryptionKeys } = readJson<Secrets>(join(dataDirOf(env), "secrets.json"));
  return url === undefined || encryptionKeys === undefined ? undefined : { url, encryptionKeys };
}

const dataDirOf = (env: NodeJS.ProcessEnv): string =>
  resolve(projectRoot, env["TOLLGATE_DATA"] ?? ".tollgate");

function urlOf(env: NodeJS.ProcessEnv, role: "reader" | "writer"): string | undefined {
  const dataDir = dataDirOf(env);
  if (!existsSync(join(dataDir, "run.json"))) return undefined;
  const password = readJson<Secrets>(join(dataDir, "secrets.json"))[`${role}Password`];
  const assigned = readJson<Record<string, number>>(join(dataDir, "ports.json"))["postgres"];
  const port = env["POSTGRES_PORT"] ?? assigned;
  if (password === undefined || port === undefined) return undefined;
  return `postgres://tollgate_${role}:${password}@127.0.0.1:${port}/tollgate`;
}
