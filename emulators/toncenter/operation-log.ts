import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Lines of JSON that outlive the process. One entry is one line: a process that is killed leaves
 * all of it or nothing.
 */
export class OperationLog {
  readonly #path: string | undefined;
  #file: number | undefined;

  /** Without a path nothing outlives the process. */
  constructor(path?: string) {
    this.#path = path;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a", 0o600);
  }

  /** All entries, oldest first. @throws Error when the file is not such a log. */
  read(): unknown[] {
    if (this.#path === undefined || !existsSync(this.#path)) return [];
    const bytes = readFileSync(this.#path);
    const whole = bytes.lastIndexOf("\n") + 1;
    const lines = bytes.subarray(0, whole).toString("utf8").split("\n");
    lines.pop();
    const entries = lines.map((line, index) => parseLine(line, `${this.#path}:${index + 1}`));
    // After the last line break comes a line whose writer was killed: no answer has revealed it. A
    // file without a single whole line may be anything, and is left alone.
    if (whole < bytes.length && whole === 0 && bytes[0] !== firstByte) damaged(`${this.#path}:1`);
    if (whole < bytes.length) truncateSync(this.#path, whole);
    return entries;
  }

  /** Called before an answer reveals what the entry did. */
  append(entry: unknown): void {
    if (this.#file === undefined) return;
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let written = 0; written < line.length;) written += writeSync(this.#file, line, written);
  }

  clear(): void {
    if (this.#path !== undefined) truncateSync(this.#path, 0);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

const firstByte = "{".charCodeAt(0);

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return damaged(place);
  }
}

function damaged(place: string): never {
  throw new Error(`${place} is damaged: move the file away to begin with an empty chain`);
}
