import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../tools/servers/ports.ts";
import { sendSignal, startMark } from "../../tools/servers/process.ts";
import { compileCache } from "../drivers/compile-cache.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const portNames = [
  "API",
  "METRICS",
  "TEMPORAL",
  "TEMPORAL_UI",
  "TELEGRAM_EMULATOR",
  "VPN_CLIENT_EMULATOR",
];

let folder = "";
let starter: ChildProcess;
let output = "";
let ports: Record<string, string> = {};

const origin = (name: string) => `http://127.0.0.1:${ports[`${name}_PORT`]}`;

interface StartedDemo {
  readonly name: string;
  readonly pid: number;
}

function processes(): StartedDemo[] {
  const file = join(folder, "data/run.json");
  if (!existsSync(file)) return [];
  const { children } = JSON.parse(readFileSync(file, "utf8")) as { children: StartedDemo[] };
  return children.filter(({ pid }) => startMark(pid) !== undefined);
}

const pidOf = (wanted: string) => processes().find(({ name }) => name === wanted)?.pid;

/** The names of the processes whose environment contains this text. */
const holders = (secret: string) =>
  processes()
    .filter(({ pid }) => readFileSync(`/proc/${pid}/environ`, "utf8").includes(secret))
    .map(({ name }) => name)
    .toSorted();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-demo-"));
  chmodSync(folder, 0o711);
  const free = await freePorts(portNames.length);
  ports = Object.fromEntries(portNames.map((name, at) => [`${name}_PORT`, String(free[at])]));
  const { PATH = "", HOME = "", TOLLGATE_CACHE = "", XDG_CACHE_HOME = "" } = process.env;
  const place = { TOLLGATE_DATA: join(folder, "data"), TOLLGATE_ENV_FILE: join(folder, "none") };
  starter = spawn(process.execPath, ["tools/start.ts"], {
    cwd: root,
    env: { PATH, HOME, TOLLGATE_CACHE, XDG_CACHE_HOME, ...compileCache, ...place, ...ports },
  });
  for (const stream of [starter.stdout, starter.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  await waitForOutput(/Ctrl-C stops all of it/u);
}, 600_000);

afterAll(() => {
  for (const { pid } of processes()) sendSignal(-pid, "SIGKILL");
  if (starter.pid !== undefined) sendSignal(starter.pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function waitForOutput(pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => pattern.test(output) && resolve();
    for (const stream of [starter.stdout, starter.stderr]) stream?.on("data", check);
    check();
    starter.once("close", () => reject(new Error(`it ended without ${pattern}:\n${output}`)));
  });
}

test("one command brings up the whole product, ready to be used", async () => {
  const ready = await fetch(`${origin("METRICS")}/readyz`);
  expect(await ready.json()).toMatchObject({
    status: "ready",
    parts: { bot: "ready", api: "ready" },
  });
  expect((await fetch(`${origin("API")}/`)).headers.get("content-type")).toContain("text/html");
  const people = (await (await fetch(`${origin("TELEGRAM_EMULATOR")}/person`)).json()) as {
    id: number;
  }[];
  expect(people.map(({ id }) => id)).toEqual(expect.arrayContaining([1001, 5001, 5002]));
});

test("one page has the metrics of bot, api and worker, each name described once", async () => {
  const page = await (await fetch(`${origin("METRICS")}/metrics`)).text();
  for (const name of ["bot", "api", "worker"]) expect(page).toContain(`process="${name}"`);
  const described = page.split("\n").filter((line) => line.startsWith("# TYPE "));
  expect(new Set(described).size).toBe(described.length);
  const samples = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const series = samples.map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(new Set(series).size).toBe(series.length);
});

test.runIf(process.platform === "linux")(
  "each process is given only the secrets that it needs",
  () => {
    const secrets = JSON.parse(readFileSync(join(folder, "data/secrets.json"), "utf8")) as Record<
      string,
      string
    >;
    expect(holders("123456:TEST")).toEqual(["bot", "telegram", "worker"]);
    expect(holders(secrets["encryptionKeys"] ?? "")).toEqual(["worker"]);
    expect(holders(secrets["writerPassword"] ?? "")).toEqual(["worker"]);
    expect(holders(secrets["readerPassword"] ?? "")).toEqual(["api", "bot"]);
    expect(holders(secrets["postgresPassword"] ?? "")).toEqual([]);
  },
);

test("a killed worker is restarted", async () => {
  const before = pidOf("worker") ?? 0;
  process.kill(before, "SIGKILL");
  await waitForOutput(/worker is back/u);
  expect(pidOf("worker")).not.toBe(before);
  expect((await fetch(`${origin("METRICS")}/readyz`)).status).toBe(200);
});

test("at the end no process is left", async () => {
  const pids = processes().map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThan(5);
  starter.kill("SIGTERM");
  const [code] = (await once(starter, "close")) as [number];
  expect(code).toBe(0);
  expect(pids.filter((pid) => startMark(pid) !== undefined)).toEqual([]);
});
