// What an operator does at the command line of a server, with the environment of bot or api:
// `docker compose exec bot node deploy/tollgate.ts settings`. Exit code 1 if nothing was done, or
// if the books disagree.
import * as z from "zod";
import { parseVaultKeys } from "../db/vault.ts";
import { readEnvironment } from "../runtime/configuration.ts";
import { variables } from "../runtime/environment.ts";
import { runCommand } from "./command/run.ts";

/** The variables of the command: those by which bot and api read the books and reach Temporal. */
const commandEnvironment = z.object({
  DATABASE_URL: variables.databaseUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress,
  /** In the worker's container alone: `hosts export` opens the settings of hosts. */
  ENCRYPTION_KEYS: z
    .string()
    .transform((text) => parseVaultKeys(text))
    .optional(),
});

try {
  const { DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: keys } = readEnvironment(
    "tollgate",
    commandEnvironment,
  );
  const hostKeys = keys && { keys, databaseUrl };
  process.exitCode = await runCommand(process.argv.slice(2), { databaseUrl, hint: "", hostKeys });
} catch (error) {
  process.stderr.write(`tollgate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
