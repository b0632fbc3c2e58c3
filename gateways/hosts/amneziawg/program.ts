import { spawn } from "node:child_process";
import { HostOutage } from "../trouble.ts";

const longestOutput = 64 * 1024 * 1024;

/** How a program has ended, with all that it wrote. */
export interface ProgramResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a program with this input to its end.
 * @throws Error when it is not installed here, writes without end or takes longer than `timeoutMs`;
 * then nothing that it started is left running here.
 */
export function runProgram(
  [program = "", ...words]: readonly string[],
  { input, timeoutMs }: { readonly input: string | Buffer; readonly timeoutMs: number },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    // Its own process group, so that a timeout ends the shell and what the shell started.
    const child = spawn(program, words, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const failWith = (error: Error) => {
      kill(child.pid);
      reject(error);
    };
    const silence = `${program}: no answer within ${timeoutMs} ms`;
    const timeoutError = new HostOutage("timeout", silence);
    const deadline = setTimeout(() => failWith(timeoutError), timeoutMs);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let length = 0;
    const collect = (parts: Buffer[]) => (chunk: Buffer) => {
      parts.push(chunk);
      if ((length += chunk.length) > longestOutput)
        failWith(new Error(`${program}: endless output`));
    };
    child.stdout.on("data", collect(output));
    child.stderr.on("data", collect(errors));
    child.stdin.on("error", () => undefined); // it ended without reading: its exit code says why
    child.on("error", (error: NodeJS.ErrnoException) => {
      const isAbsent = error.code === "ENOENT";
      reject(isAbsent ? new HostOutage("tool", `${program} is not installed here`) : error);
    });
    child.on("close", (code) => {
      clearTimeout(deadline);
      resolve({ code, output: textOf(output), errors: textOf(errors) });
    });
    child.stdin.end(input);
  });
}

const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}
