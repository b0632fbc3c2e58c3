import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { commandLine, sendSignal, startMark, UserError } from "../servers/process.ts";
import { readJson, writeJson } from "./data-dir.ts";

/** Identifies a process. Its id alone does not: the system gives it to another process later. */
interface RunningProcess {
  readonly pid: number;
  readonly mark: string;
}

interface Child extends RunningProcess {
  readonly name: string;
  /** The first word of its command line. */
  readonly program: string;
}

interface Run {
  readonly starter: RunningProcess;
  readonly children: readonly Child[];
}

/** The processes of one data directory, in a file so that a start after a kill -9 finds them. */
export class RunFile {
  readonly #file: string;
  #children: Child[] = [];

  constructor(dataDir: string) {
    this.#file = join(dataDir, "run.json");
  }

  /** @throws UserError when another starter is running on this data directory. */
  refuseSecond(): void {
    const { starter } = readJson<Run>(this.#file);
    if (starter === undefined || starter.pid === process.pid || !isAlive(starter)) return;
    throw new UserError(
      `already running as process ${starter.pid}: stop that one first (Ctrl-C there)`,
    );
  }

  /**
   * Ends the processes that a killed starter left running, and no others: with a signal first, with
   * SIGKILL after `graceMs`. Returns their names.
   */
  async endLeftovers(graceMs = 5_000): Promise<string[]> {
    const left = (readJson<Run>(this.#file).children ?? []).filter(isOurs);
    for (const child of left)
      sendSignal(child.pid, child.name === "postgres" ? "SIGINT" : "SIGTERM");
    for (const end = Date.now() + graceMs; Date.now() < end && left.some(isAlive);) await delay(25);
    for (const child of left.filter(isOurs)) sendSignal(-child.pid, "SIGKILL");
    while (left.some(isAlive)) await delay(25);
    return left.map(({ name }) => name);
  }

  /** Records that this process now owns the data directory. */
  claim(): void {
    this.#write();
  }

  /** Records a process that was just started for the service `name`. */
  add(name: string, pid: number): void {
    const mark = startMark(pid);
    const program = commandLine(pid).split(" ")[0] ?? "";
    if (mark === undefined) return;
    this.#children = [...this.#children.filter(isAlive), { name, pid, mark, program }];
    this.#write();
  }

  /** Kills our processes that are still alive, or only those of the service `name`. */
  kill(name?: string): void {
    const targets = this.#children.filter((child) => name === undefined || child.name === name);
    for (const child of targets.filter(isAlive)) sendSignal(-child.pid, "SIGKILL");
  }

  /** Deletes the file: nothing is running any more. */
  remove(): void {
    rmSync(this.#file, { force: true });
  }

  #write(): void {
    const mark = startMark(process.pid) ?? "";
    writeJson(this.#file, { starter: { pid: process.pid, mark }, children: this.#children });
  }
}

const isAlive = ({ pid, mark }: RunningProcess): boolean => startMark(pid) === mark;

/**
 * Some servers overwrite their command line with a title, which still contains the program's name.
 */
const isOurs = (child: Child): boolean =>
  isAlive(child) && commandLine(child.pid).includes(basename(child.program));
