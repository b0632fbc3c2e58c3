import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { freePort } from "../../tools/servers/ports.ts";
import { launch, type Running } from "../../tools/servers/process.ts";
import { compileCache } from "./compile-cache.ts";
import { eventually } from "./eventually.ts";
import type { TestApp } from "./test-app.ts";

const entry = join(import.meta.dirname, "../../api/main.ts");

/** The api as a process of its own, beside a test app. */
export class ApiProcess {
  readonly port: number;
  /** What it has written to its log. */
  output = "";
  #running: Running | undefined;

  constructor(port: number) {
    this.port = port;
  }

  /** Chooses a port; `useWith` starts it. */
  static async open(): Promise<ApiProcess> {
    return new ApiProcess(await freePort());
  }

  /** Where it is reached. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Runs it during the tests of a file. */
  useWith(app: TestApp, more: NodeJS.ProcessEnv = {}): void {
    beforeAll(async () => {
      await this.#start(app, more);
    });
    afterAll(() => this.#running?.stop());
  }

  /** Ends it and starts it again: what was in its memory is gone. */
  async restart(app: TestApp): Promise<void> {
    await this.#running?.stop();
    await this.#start(app, {});
  }

  async #start(app: TestApp, more: NodeJS.ProcessEnv): Promise<void> {
    this.#running = await launch({
      command: process.execPath,
      args: ["--disable-warning=ExperimentalWarning", entry],
      env: {
        PATH: process.env["PATH"],
        DATABASE_URL: app.readerUrl,
        TEMPORAL_ADDRESS: app.address,
        TEMPORAL_NAMESPACE: app.namespace,
        API_PORT: String(this.port),
        METRICS_PORT: String(await freePort()),
        PUBLIC_URL: this.url,
        LOG_LEVEL: "debug",
        ...compileCache,
        ...more,
      },
      endsWithParent: true,
      onOutput: (chunk) => void (this.output += chunk),
    });
    await eventually(async () => expect((await fetch(`${this.url}/healthz`)).ok).toBe(true));
  }
}
