import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { awgNode } from "../../../tools/amneziawg/build.ts";

/** An AmneziaWG endpoint, with a socket in its own folder. */
export interface AwgNode {
  readonly socket: string;
  /** Of its process, which a restart replaces. */
  pid(): number | undefined;
  /** Kills it and starts it again at the same socket. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startAwgNode(): Promise<AwgNode> {
  const program = await awgNode();
  const folder = mkdtempSync(join(tmpdir(), "tollgate-test-"));
  const socket = join(folder, "awg.sock");
  let child = await startDaemon(program, socket);
  const kill = async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return {
    socket,
    pid: () => child.pid,
    restart: async () => {
      await kill();
      child = await startDaemon(program, socket);
    },
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function startDaemon(program: string, socket: string): Promise<ChildProcess> {
  const child = spawn(program, ["-uapi", socket, "-tied"], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  return child;
}
