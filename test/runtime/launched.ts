import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { compileCache } from "../drivers/compile-cache.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** One of the product's processes, as an operator starts it; it ends with its test. */
export interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out(): string;
  complaint(): string;
}

/** Nothing of this process's own environment is passed on except PATH; compiled code is cached. */
export function launch(name: "api" | "bot" | "workers", env: Record<string, string>): Launched {
  const path = { PATH: process.env["PATH"] ?? "" };
  const child = spawn(process.execPath, [`${name}/main.ts`], {
    cwd: root,
    env: { ...path, ...compileCache, ...env },
  });
  const said = { out: "", complaint: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (said.complaint += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, ended, out: () => said.out, complaint: () => said.complaint };
}

/** The status and the body of a URL. */
export async function fetchText(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}
