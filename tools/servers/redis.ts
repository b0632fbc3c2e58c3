import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./executables.ts";
import { acceptsConnections } from "./ports.ts";
import {
  launch,
  type ProcessOptions,
  processOptionsOf,
  type Running,
  waitUntil,
} from "./process.ts";

/** A running Redis of ours. */
export interface RedisServer extends Running {
  readonly url: string;
}

/** Options of `startRedis`. */
export interface RedisOptions extends ProcessOptions {
  readonly dataDir: string;
  readonly port: number;
}

/**
 * Path of the installed `redis-server`; undefined when there is none, which is allowed:
 * Redis is optional.
 */
export const findRedis = (): string | undefined => findOnPath("redis-server");

/**
 * Starts a Redis on 127.0.0.1 that keeps its data only in memory.
 * @throws UserError when it does not come up.
 */
export async function startRedis(program: string, options: RedisOptions): Promise<RedisServer> {
  const { dataDir, port } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const settings = ["--bind", "127.0.0.1", "--port", String(port), "--dir", dataDir];
  // Looking for expired keys ten times a second would cost 0.1 % of a core;
  // an expired key is never returned anyway.
  const memoryOnly = ["--save", "", "--appendonly", "no", "--daemonize", "no", "--hz", "1"];
  const running = await launch({
    command: program,
    args: [...settings, ...memoryOnly],
    env: { PATH: process.env["PATH"] },
    cwd: dataDir,
    logFile: join(dataDir, "redis.log"),
    ...processOptionsOf(options),
  });
  await waitUntil(() => acceptsConnections("127.0.0.1", port), {
    what: "Redis",
    gone: running.exited,
  });
  return { ...running, url: `redis://127.0.0.1:${port}` };
}
