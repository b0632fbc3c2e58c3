import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { commandLine, sendSignal, startMark, UserError } from "../servers/process.ts";
import { readJson, writeJson } from "./data-dir.ts";

/**
 * Enough to know a process again and to take nobody else for it: a number alone is given out anew.
 */
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

/** The processes of one data folder, kept in a file so that a start after a kill -9 finds them. */
export class RunFile {
  readonly #file: string;
  #children: Child[] = [];

  constructor(dataDir: string) {
    this.#file = join(dataDir, "run.json");
  }

  /** @throws Advice when another starter lives on this data folder. */
  refuseSecond(): void {
    const { starter } = readJson<Run>(this.#file);
    if (starter === undefined || starter.pid === process.pid || !lives(starter)) return;
    throw new UserError(
      `already running as process ${starter.pid}: stop that one first (Ctrl-C there)`,
    );
  }

  /**
   * Ends what a killed starter left running, at most within `graceMs`, and nothing else. Returns
   * the names.
   */
  async endLeftovers(graceMs = 5_000): Promise<string[]> {
    const left = (readJson<Run>(this.#file).children ?? []).filter(isOurs);
    for (const child of left)
      sendSignal(child.pid, child.name === "postgres" ? "SIGINT" : "SIGTERM");
    for (const end = Date.now() + graceMs; Date.now() < end && left.some(lives);) await delay(25);
    for (const child of left.filter(isOurs)) sendSignal(-child.pid, "SIGKILL");
    while (left.some(lives)) await delay(25);
    return left.map(({ name }) => name);
  }

  /** From here on this data folder is ours. */
  claim(): void {
    this.#write();
  }

  add(name: string, pid: number): void {
    const mark = startMark(pid);
    const program = commandLine(pid).split(" ")[0] ?? "";
    if (mark === undefined) return;
    this.#children = [...this.#children.filter(lives), { name, pid, mark, program }];
    this.#write();
  }

  /** Kills whatever of ours still lives, or only what goes by this name. */
  kill(name?: string): void {
    const meant = this.#children.filter((child) => name === undefined || child.name === name);
    for (const child of meant.filter(lives)) sendSignal(-child.pid, "SIGKILL");
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }

  #write(): void {
    const mark = startMark(process.pid) ?? "";
    writeJson(this.#file, { starter: { pid: process.pid, mark }, children: this.#children });
  }
}

const lives = ({ pid, mark }: RunningProcess): boolean => startMark(pid) === mark;

/** Some servers write a title over their command line, which keeps the program's own name. */
const isOurs = (child: Child): boolean =>
  lives(child) && commandLine(child.pid).includes(basename(child.program));
