import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isFree } from "../servers/ports.ts";

/** Made once per data folder and known to nobody else. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly writerPassword: string;
  readonly readerPassword: string;
  readonly encryptionKeys: string;
}

const password = (): string => randomBytes(24).toString("hex");

/** The data folder's secrets, in a file that only we may read. Those that are missing are made. */
export function keptSecrets(dataDir: string): Secrets {
  const file = join(dataDir, "secrets.json");
  const made: Secrets = {
    postgresPassword: password(),
    writerPassword: password(),
    readerPassword: password(),
    encryptionKeys: `k1:${randomBytes(32).toString("base64")}`,
  };
  const kept = readJson<Secrets>(file);
  const secrets = { ...made, ...kept };
  if (Object.keys(kept).length < Object.keys(made).length) writeJson(file, secrets);
  return secrets;
}

/** The port this name had before, or a free one when it had none or somebody took it. */
export async function keptPort(dataDir: string, name: string): Promise<number> {
  const file = join(dataDir, "ports.json");
  const before = readJson<Record<string, number>>(file)[name];
  if (before !== undefined && (await isFree(before))) return before;
  const port = await freePort();
  writeJson(file, { ...readJson<Record<string, number>>(file), [name]: port });
  return port;
}

/** @returns an empty object when there is no such file. */
export function readJson<Value extends object>(file: string): Partial<Value> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Value>) : {};
}

/** Readable to us alone, and never half written. */
export function writeJson(file: string, value: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
