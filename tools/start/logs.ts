import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const rotateAtBytes = 10_000_000;
const warn = 40;
const levels: readonly [number, string][] = [
  [60, "fatal"],
  [50, "error"],
  [warn, "warning"],
];

/**
 * Writes each service's output to a file of its own, and warnings and errors to the terminal too.
 */
export class Logs {
  readonly #folder: string;
  readonly #show: (line: string) => void;

  constructor(dataDir: string, show: (line: string) => void) {
    this.#folder = join(dataDir, "logs");
    this.#show = show;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Path of a service's log. A large log is first renamed to `.1`, which replaces the previous one.
   */
  file(name: string): string {
    const file = join(this.#folder, `${name}.log`);
    if (existsSync(file) && statSync(file).size > rotateAtBytes) renameSync(file, `${file}.1`);
    return file;
  }

  /**
   * Returns a function that takes a process's output in chunks: it appends all of it to the file
   * and shows warnings and errors as one readable line each.
   */
  collector(name: string): (chunk: string) => void {
    const file = this.file(name);
    let rest = "";
    return (chunk) => {
      appendFileSync(file, chunk);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const readable = formatWarning(line);
        if (readable !== undefined) this.#show(`${name}: ${readable}`);
      }
    };
  }
}

/**
 * Level and message of a JSON log line; undefined below a warning or when it is not such a line.
 */
function formatWarning(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as {
      level?: number;
      msg?: string;
      err?: { message?: string };
    };
    const name = levels.find(([from]) => (level ?? 0) >= from)?.[1];
    if (name === undefined) return undefined;
    const detail = err?.message !== undefined && err.message !== msg ? ` (${err.message})` : "";
    return `${name}: ${msg ?? "see its log"}${detail}`;
  } catch {
    return undefined;
  }
}
