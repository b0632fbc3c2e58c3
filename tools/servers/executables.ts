import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Whether this is a file that we may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Where a program of this name lies on PATH. */
export function findOnPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Where built and fetched programs are kept, for all checkouts of this person. */
export function cacheFolder(): string {
  const { TOLLGATE_CACHE, XDG_CACHE_HOME } = process.env;
  if (TOLLGATE_CACHE) return TOLLGATE_CACHE;
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "tollgate");
}
