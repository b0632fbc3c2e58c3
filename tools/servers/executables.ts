import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Whether this path is a file that we may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Path of the first executable of this name on PATH; undefined when there is none. */
export function findOnPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The folder for built and downloaded programs, shared by all checkouts of this user. */
export function cacheFolder(): string {
  const { TOLLGATE_CACHE, XDG_CACHE_HOME } = process.env;
  if (TOLLGATE_CACHE) return TOLLGATE_CACHE;
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "tollgate");
}
