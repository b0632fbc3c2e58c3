import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../servers/process.ts";
import { sourcesHash } from "./sources.ts";

/**
 * Builds the web pages unless their sources are those of the last build. Returns the folder, and
 * whether it was built before or now, in words for the table.
 * @throws UserError when the build fails.
 */
export async function buildWeb(
  root: string,
  logFile: string,
): Promise<{ folder: string; what: string }> {
  const folder = join(root, "web/dist");
  const mark = join(folder, ".sources");
  const sources = sourcesHash(root, ["web"]);
  if (existsSync(mark) && readFileSync(mark, "utf8") === sources)
    return { folder, what: "built before" };
  const vite = join(root, "node_modules/vite/bin/vite.js");
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [vite, "build", "web"], {
      cwd: root,
    });
    appendFileSync(logFile, stdout + stderr);
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    appendFileSync(logFile, `${message}\n`);
    throw new UserError(`the pages in web/ could not be built, see ${logFile}:\n${stderr.trim()}`);
  }
  writeFileSync(mark, sources);
  return { folder, what: "built now" };
}
