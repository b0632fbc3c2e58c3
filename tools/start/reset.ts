import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { closedData } from "../servers/postgres-home.ts";
import { UserError } from "../servers/process.ts";

/**
 * Deletes the data of the embedded services after asking. Returns whether it did.
 * `sure` skips the question.
 * @throws UserError when the folder is not a data directory of Tollgate, or when nobody can answer
 * the question.
 */
export async function reset(dataDir: string, sure: boolean): Promise<boolean> {
  if (existsSync(dataDir) && !existsSync(join(dataDir, "secrets.json"))) {
    throw new UserError(`${dataDir} is not a data directory of Tollgate: correct TOLLGATE_DATA`);
  }
  if (!sure && !(await askToConfirm(dataDir))) return false;
  rmSync(dataDir, { recursive: true, force: true });
  const elsewhere = dirname(closedData(dataDir));
  if (existsSync(elsewhere)) rmSync(elsewhere, { recursive: true, force: true });
  return true;
}

async function askToConfirm(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError("--reset asks first and nobody is there to answer: add --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const question = `Delete all data of the embedded services in ${dataDir}? [y/N] `;
    return /^y(es)?$/iu.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
