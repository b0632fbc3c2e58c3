import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inject } from "vitest";
import { compileCache } from "../drivers/compile-cache.ts";
import type { TestApp } from "../drivers/test-app.ts";

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly text: string;
}

/** Runs one of the operator's scripts on the app; `url` is the database's. */
export async function runScript(
  app: TestApp,
  script: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Printed> {
  const env = {
    PATH: process.env["PATH"],
    DATABASE_URL: app.books.url,
    TEMPORAL_ADDRESS: inject("temporal").address,
    TEMPORAL_NAMESPACE: app.namespace,
    TOLLGATE_ENV_FILE: "none",
    ...compileCache,
    ...more,
  };
  const run = promisify(execFile)(process.execPath, [script, ...args], { env });
  return run.then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => {
      return { code: error.code, text: error.stdout + error.stderr };
    },
  );
}
