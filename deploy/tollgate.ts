// What an operator does at the command line of a server, with the environment of bot or api:
// `docker compose exec bot node deploy/tollgate.ts settings`. Exit code 1 if nothing was done, or
// if the books disagree.
import * as z from "zod";
import { readEnvironment } from "../runtime/configuration.ts";
import { variables } from "../runtime/environment.ts";
import { runCommand } from "./command/run.ts";

/** The variables of the command: those by which bot and api read the books and reach Temporal. */
const commandEnvironment = z.object({
  DATABASE_URL: variables.databaseUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress,
});

try {
  const { DATABASE_URL: databaseUrl } = readEnvironment("tollgate", commandEnvironment);
  process.exitCode = await runCommand(process.argv.slice(2), { databaseUrl, hint: "" });
} catch (error) {
  process.stderr.write(`tollgate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
