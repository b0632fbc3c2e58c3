import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const rotateAtBytes = 10_000_000;
const warn = 40;
const levels: readonly [number, string][] = [
  [60, "fatal"],
  [50, "error"],
  [warn, "warning"],
];

/** Each part's output in a file of its own; what needs a person's eye also at the terminal. */
export class Logs {
  readonly #folder: string;
  readonly #show: (line: string) => void;

  constructor(dataDir: string, show: (line: string) => void) {
    this.#folder = join(dataDir, "logs");
    this.#show = show;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * The file of a part. One that has grown large is put aside first, in place of the one put aside
   * before.
   */
  file(name: string): string {
    const file = join(this.#folder, `${name}.log`);
    if (existsSync(file) && statSync(file).size > rotateAtBytes) renameSync(file, `${file}.1`);
    return file;
  }

  /**
   * Takes a process's output in pieces: all of it to the file, warnings and worse as one readable
   * line.
   */
  collector(name: string): (chunk: string) => void {
    const file = this.file(name);
    let rest = "";
    return (chunk) => {
      appendFileSync(file, chunk);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const readable = warning(line);
        if (readable !== undefined) this.#show(`${name}: ${readable}`);
      }
    };
  }
}

/**
 * Of a JSON log line what a person wants to know, or undefined when it is below a warning or no
 * such line.
 */
function warning(line: string): string | undefined {
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
