import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * A hash that changes with any file of these folders, except built ones,
 * and with any package's version.
 */
export function sourcesHash(root: string, folders: readonly string[]): string {
  const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  const patterns = folders.map((folder) => `${folder}/**/*`);
  const all = globSync(patterns, { cwd: root, exclude: ["*/dist", "*/dist/**"] });
  for (const path of all.toSorted()) {
    if (!statSync(join(root, path)).isFile()) continue;
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest("hex");
}
