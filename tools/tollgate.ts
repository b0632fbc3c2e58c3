// `npm run tollgate -- settings`, `-- plans`, `-- hosts` and `-- books`: what admins do on pages of the
// bot, and the books, at the command line of a checkout. Exit code 1 if nothing was done, or if the books
// disagree. On a server: deploy/tollgate.ts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseVaultKeys } from "../db/vault.ts";
import type { HostKeys } from "../deploy/command/export-hosts.ts";
import { runCommand } from "../deploy/command/run.ts";
import { embeddedReaderUrl, embeddedWriter } from "./start/embedded-database.ts";
import { projectRoot } from "./start/product-process.ts";

const hint = "set DATABASE_URL, or run this beside a running `npm start`";

/** Those of the environment, with the worker's DATABASE_URL, or of a running `npm start`. */
function findHostKeys(): HostKeys | undefined {
  const { DATABASE_URL: given, ENCRYPTION_KEYS: text } = process.env;
  const embedded = given === undefined ? embeddedWriter() : undefined;
  const keys = parseVaultKeys(text ?? embedded?.encryptionKeys ?? "");
  const databaseUrl = given ?? embedded?.url;
  return keys === undefined || databaseUrl === undefined ? undefined : { keys, databaseUrl };
}

try {
  const file = process.env["TOLLGATE_ENV_FILE"] ?? join(projectRoot, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  process.env["TEMPORAL_ADDRESS"] ??= `127.0.0.1:${process.env["TEMPORAL_PORT"] ?? "7233"}`;
  const databaseUrl = process.env["DATABASE_URL"] ?? embeddedReaderUrl();
  const hostKeys = findHostKeys();
  process.exitCode = await runCommand(process.argv.slice(2), { databaseUrl, hint, hostKeys });
} catch (error) {
  console.error(`tollgate: ${(error as Error).message}`);
  process.exitCode = 1;
}
