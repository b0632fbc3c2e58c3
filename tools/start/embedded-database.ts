import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readJson, type Secrets } from "./data-dir.ts";
import { projectRoot } from "./product-process.ts";

/**
 * URL of a running `npm start`'s embedded database, for the reader's role;
 * undefined when there is none.
 */
export function embeddedReaderUrl(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const dataDir = resolve(projectRoot, env["TOLLGATE_DATA"] ?? ".tollgate");
  if (!existsSync(join(dataDir, "run.json"))) return undefined;
  const { readerPassword } = readJson<Secrets>(join(dataDir, "secrets.json"));
  const assigned = readJson<Record<string, number>>(join(dataDir, "ports.json"))["postgres"];
  const port = env["POSTGRES_PORT"] ?? assigned;
  if (readerPassword === undefined || port === undefined) return undefined;
  return `postgres://tollgate_reader:${readerPassword}@127.0.0.1:${port}/tollgate`;
}
