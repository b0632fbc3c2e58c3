import { randomUUID } from "node:crypto";
import { changeShop } from "../../client/operations.ts";
import { DurableClient } from "../../client/durable.ts";
import { type EntityManager, openDatabase } from "../../db/orm.ts";
import { operator, type ShopChange } from "../../domain/operations/shop-change.ts";
import { connectTemporal } from "../../runtime/temporal.ts";
import { readBooks } from "./books.ts";
import { exportHosts, type HostKeys } from "./export-hosts.ts";
import { addInstalled, runHostCommand } from "./hosts.ts";
import { installHost } from "./install-host.ts";
import { listLocationLines } from "./locations.ts";
import { complain, print } from "./output.ts";
import { describeResult, listPlans, listSettings, readCommand, usage } from "./commands.ts";

/** A worker has to take the change and answer. */
const timeoutMs = 10_000;

/** Where the command reads; changes go to Temporal, which its own variables name. */
interface Place {
  /** The database's URL, for the reader's role; undefined: nobody has said. */
  readonly databaseUrl: string | undefined;
  /** What to do where it is undefined. */
  readonly hint: string;
  /** Undefined: this place does not open sealed settings. */
  readonly hostKeys?: HostKeys | undefined;
}

/**
 * Does what an operator asks for at the command line: `usage` says what there is.
 * @returns the exit code: 1 if nothing was done, or if the books disagree.
 */
export async function runCommand(args: readonly string[], place: Place): Promise<number> {
  const command = readCommand(args);
  switch (command.kind) {
    case "usage": {
      const { problem } = command;
      if (problem !== undefined) return complain(`${problem}\n${usage}`);
      process.stderr.write(`${usage}\n`);
      return 1;
    }
    case "change":
      return change(command.change);
    case "hosts": {
      const { command: asked } = command;
      if (asked.kind === "export") return exportHosts(place.hostKeys);
      if (asked.kind === "install") {
        return installHost(asked.given, (host) => read(place, (em) => addInstalled(em, host)));
      }
      return read(place, (em) => runHostCommand(em, asked));
    }
    case "settings":
      return read(place, async (em) => print(await listSettings(em, command.key)));
    case "plans":
      return read(place, async (em) => print(await listPlans(em)));
    case "locations":
      return read(place, async (em) => print(await listLocationLines(em)));
    case "books":
      return read(place, async (em) => {
        const { lines, agree } = await readBooks(em);
        return print(lines, agree);
      });
  }
}

async function read(
  { databaseUrl, hint }: Place,
  show: (em: EntityManager) => Promise<number>,
): Promise<number> {
  if (databaseUrl === undefined) return complain(hint);
  const database = await openDatabase(databaseUrl, 1);
  try {
    return await show(database.em);
  } finally {
    await database.close();
  }
}

/** Makes the change by the same workflow as the bot. */
async function change(wanted: ShopChange): Promise<number> {
  const temporal = connectTemporal();
  try {
    const client = new DurableClient(temporal.client, timeoutMs);
    const requestId = `command-line-${randomUUID()}`;
    const result = await changeShop(client, { requestId, by: operator, change: wanted });
    const { text, isDone } = describeResult(wanted, result);
    if (isDone) return print([text]);
    return complain(text);
  } finally {
    await temporal.close();
  }
}
