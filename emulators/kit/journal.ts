import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** A row as it now is; null: the row is gone. */
type Row = readonly [table: string, key: string, value: unknown];
type Rows = Map<string, unknown>;

/**
 * Tables in memory whose changes are appended to a file. What one `flush` writes is one line, so a
 * process that is killed leaves all of it or nothing. Opening replays the file and writes it anew
 * without its past.
 */
export class Journal {
  readonly #tables = new Map<string, Rows>();
  #file: number | undefined;
  #unwritten: Row[] = [];

  /** Without a path nothing outlives the process. @throws Error when the file is not a journal. */
  constructor(path?: string) {
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) this.#replay(path);
    const fresh = `${path}.new`;
    writeFileSync(fresh, this.#snapshot(), { mode: 0o600 });
    renameSync(fresh, path);
    this.#file = openSync(path, "a", 0o600);
  }

  /** The rows of one table; the caller knows what it keeps in it. */
  table<Value>(name: string): Table<Value> {
    return new Table<Value>(this.#rows(name) as Map<string, Value>, (key, value) => {
      if (this.#file !== undefined) this.#unwritten.push([name, key, value]);
    });
  }

  tableNames(): string[] {
    return [...this.#tables.keys()];
  }

  /** Makes everything changed so far outlive the process. Called before an answer reveals it. */
  flush(): void {
    if (this.#file === undefined || this.#unwritten.length === 0) return;
    const line = Buffer.from(`${JSON.stringify(this.#unwritten)}\n`);
    this.#unwritten = [];
    for (let written = 0; written < line.length;) {
      written += writeSync(this.#file, line, written);
    }
  }

  /** What changes after this is not kept. */
  close(): void {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #rows(name: string): Rows {
    const known = this.#tables.get(name);
    if (known) return known;
    const rows: Rows = new Map();
    this.#tables.set(name, rows);
    return rows;
  }

  #replay(path: string): void {
    const lines = readFileSync(path, "utf8").split("\n");
    // After the last line break comes a line whose writer was killed: no answer has revealed it.
    lines.pop();
    for (const [index, line] of lines.entries()) {
      for (const [name, key, value] of parseLine(line, `${path}:${index + 1}`)) {
        if (value === null) this.#rows(name).delete(key);
        else this.#rows(name).set(key, value);
      }
    }
  }

  #snapshot(): string {
    const tables = [...this.#tables].filter(([, rows]) => rows.size > 0);
    const lines = tables.flatMap(([name, rows]) =>
      [...rows].map(([key, value]) => `${JSON.stringify([[name, key, value]])}\n`),
    );
    return lines.join("");
  }
}

function parseLine(line: string, place: string): Row[] {
  try {
    return JSON.parse(line) as Row[];
  } catch {
    throw new Error(`${place} is damaged: move the file away to begin anew`);
  }
}

type OnChange = (key: string, value: unknown) => void;

/** One kind of rows by key, in the order they were first set. */
export class Table<Value> {
  readonly #rows: Map<string, Value>;
  readonly #onChange: OnChange;

  constructor(rows: Map<string, Value>, onChange: OnChange) {
    this.#rows = rows;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string | number): Value | undefined {
    return this.#rows.get(String(key));
  }

  has(key: string | number): boolean {
    return this.#rows.has(String(key));
  }

  set(key: string | number, value: Value): void {
    this.#rows.set(String(key), value);
    this.#onChange(String(key), value);
  }

  delete(key: string | number): void {
    if (this.#rows.delete(String(key))) this.#onChange(String(key), null);
  }

  clear(): void {
    for (const key of this.#rows.keys()) this.delete(key);
  }

  values(): MapIterator<Value> {
    return this.#rows.values();
  }

  entries(): MapIterator<[string, Value]> {
    return this.#rows.entries();
  }
}
