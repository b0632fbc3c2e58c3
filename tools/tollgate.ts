// `npm run tollgate -- settings` and `-- plans`: what admins do on pages of the bot, at the command
// line. Exit code 1 if nothing was done.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { changeShop } from "../client/operations.ts";
import { DurableClient } from "../client/durable.ts";
import { type Database, openDatabase } from "../db/orm.ts";
import { operator, type ShopChange } from "../domain/operations/shop-change.ts";
import { connectTemporal } from "../runtime/temporal.ts";
import { embeddedReaderUrl } from "./start/embedded-database.ts";
import { projectRoot } from "./start/product-process.ts";
import {
  describeResult,
  listPlans,
  listSettings,
  readCommand,
  usage,
} from "./tollgate/commands.ts";

/** A worker has to take the change and answer. */
const timeoutMs = 10_000;

async function main(): Promise<number> {
  const file = process.env["TOLLGATE_ENV_FILE"] ?? join(projectRoot, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  const command = readCommand(process.argv.slice(2));
  if (command.kind === "usage") {
    console.error(command.problem === undefined ? usage : `tollgate: ${command.problem}\n${usage}`);
    return 1;
  }
  if (command.kind === "change") return change(command.change);
  const database = openBooks();
  if (database === undefined) return 1;
  const opened = await database;
  try {
    const lines =
      command.kind === "settings"
        ? await listSettings(opened.em, command.key)
        : await listPlans(opened.em);
    for (const line of lines) console.log(line);
    return 0;
  } finally {
    await opened.close();
  }
}

function openBooks(): Promise<Database> | undefined {
  const url = process.env["DATABASE_URL"] ?? embeddedReaderUrl();
  if (url !== undefined) return openDatabase(url, 1);
  console.error("tollgate: set DATABASE_URL, or run this beside a running `npm start`");
  return undefined;
}

/** Makes the change by the same workflow as the bot. */
async function change(wanted: ShopChange): Promise<number> {
  process.env["TEMPORAL_ADDRESS"] ??= `127.0.0.1:${process.env["TEMPORAL_PORT"] ?? "7233"}`;
  const temporal = connectTemporal();
  try {
    const client = new DurableClient(temporal.client, timeoutMs);
    const requestId = `command-line-${randomUUID()}`;
    const result = await changeShop(client, { requestId, by: operator, change: wanted });
    const { text, isDone } = describeResult(wanted, result);
    (isDone ? console.log : console.error)(text);
    return isDone ? 0 : 1;
  } finally {
    await temporal.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`tollgate: ${(error as Error).message}`);
  process.exitCode = 1;
}
