// Measures the time from `npm start` to healthy, with an empty data directory and again:
//   npm run bench:start
// Programs that are built once (Temporal's server, the VPN endpoint, the web pages) exist already
// or are built by the first start; ports as for npm start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const folder = mkdtempSync(join(tmpdir(), "tollgate-bench-"));
chmodSync(folder, 0o711);
const env = { ...process.env, TOLLGATE_DATA: join(folder, "data") };
const metricsPort = process.env["METRICS_PORT"] ?? "9090";

const isReady = async () =>
  (await fetch(`http://127.0.0.1:${metricsPort}/readyz`).catch(() => undefined))?.ok === true;

for (const which of ["first", "second"]) {
  const began = performance.now();
  const starter = spawn("npm", ["start", "--silent"], { env, stdio: "ignore" });
  const ended = once(starter, "exit");
  while (!(await isReady())) {
    if (starter.exitCode !== null) throw new Error("npm start ended; run it to see why");
    await delay(20);
  }
  console.log(
    `${which} start: healthy after ${((performance.now() - began) / 1_000).toFixed(1)} s`,
  );
  starter.kill("SIGTERM");
  await ended;
}
rmSync(folder, { recursive: true, force: true });
