import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isFree } from "../servers/ports.ts";

/** Generated once per data directory. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly writerPassword: string;
  readonly readerPassword: string;
  readonly encryptionKeys: string;
}

const generatePassword = (): string => randomBytes(24).toString("hex");

/**
 * Reads the data directory's secrets from `secrets.json` (mode 0600)
 * and generates those that are missing.
 */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, "secrets.json");
  const generated: Secrets = {
    postgresPassword: generatePassword(),
    writerPassword: generatePassword(),
    readerPassword: generatePassword(),
    encryptionKeys: `k1:${randomBytes(32).toString("base64")}`,
  };
  const stored = readJson<Secrets>(file);
  const secrets = { ...generated, ...stored };
  if (Object.keys(stored).length < Object.keys(generated).length) writeJson(file, secrets);
  return secrets;
}

/**
 * Returns the port that this name had before; a free one, which is stored,
 * when it had none or it is taken.
 */
export async function assignPort(dataDir: string, name: string): Promise<number> {
  const file = join(dataDir, "ports.json");
  const before = readJson<Record<string, number>>(file)[name];
  if (before !== undefined && (await isFree(before))) return before;
  const port = await freePort();
  writeJson(file, { ...readJson<Record<string, number>>(file), [name]: port });
  return port;
}

/** Parses a JSON file; an empty object when there is no such file. */
export function readJson<Value extends object>(file: string): Partial<Value> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Value>) : {};
}

/** Writes a JSON file with mode 0600, under its name only once it is complete. */
export function writeJson(file: string, value: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
