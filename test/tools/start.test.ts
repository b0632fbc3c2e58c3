import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";
import { startMark } from "../../tools/servers/process.ts";
import { up, useStarter } from "../drivers/starter.ts";

const { place, start, npmStart, failure, processes } = useStarter();
const servers = ["--only", "postgres,redis,temporal"];

test("the operator's own servers are used as they are", async () => {
  const { address } = inject("temporal");
  const more = { DATABASE_URL: inject("postgres").url, TEMPORAL_ADDRESS: address };
  const starter = start(["--only", "postgres,temporal"], more);
  await starter.waitForOutput(up);
  expect(starter.output()).toMatch(/postgres .*yours \(DATABASE_URL\)/u);
  expect(starter.output()).toMatch(/temporal .*yours \(TEMPORAL_ADDRESS\)/u);
  expect(processes()).toEqual([]);
  starter.child.kill("SIGTERM");
  expect(await starter.ended).toBe(0);
});

test("SIGTERM ends every service, and a second start finds the waiting workflows", async () => {
  const first = start(servers);
  await first.waitForOutput(up);
  const pids = processes();
  expect(pids.length).toBeGreaterThanOrEqual(2);
  await onTemporal((client) =>
    client.workflow.start("nobody", { workflowId: "waits", taskQueue: "none" }),
  );
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  expect(pids.filter((pid) => startMark(pid) !== undefined)).toEqual([]);

  const second = start(servers);
  await second.waitForOutput(up);
  const status = await onTemporal(
    async (client) => (await client.workflow.getHandle("waits").describe()).status,
  );
  expect(status.name).toBe("RUNNING");
  second.child.kill("SIGINT");
  expect(await second.ended).toBe(0);
});

test("a SIGTERM to npm alone ends every service: npm's shell once did not forward it", async () => {
  const starter = npmStart(["--only", "postgres,redis"]);
  await starter.waitForOutput(up);
  const pids = processes();
  expect(pids.length).toBeGreaterThanOrEqual(1);
  starter.child.kill("SIGTERM");
  expect(await starter.ended).toBe(0);
  expect(pids.filter((pid) => startMark(pid) !== undefined)).toEqual([]);
});

test("a repeated signal, as npm sends one, does not disturb an orderly end", async () => {
  const starter = start(["--only", "postgres"]);
  await starter.waitForOutput(up);
  starter.child.kill("SIGINT");
  starter.child.kill("SIGINT");
  expect(await starter.ended).toBe(0);
  const log = readFileSync(join(place.folder, "data/logs/postgres.log"), "utf8");
  expect(log).toContain("database system is shut down");
});

test("a second start beside a running one is refused and does not disturb it", async () => {
  const first = start(["--only", "postgres"]);
  await first.waitForOutput(up);
  const pids = processes();
  expect(await failure(["--only", "postgres"])).toBe(
    `tollgate: already running as process ${first.child.pid}: stop that one first (Ctrl-C there)\n`,
  );
  expect(await failure(["--reset", "--yes"])).toContain("already running");
  expect(processes()).toEqual(pids);
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
});

test("after a kill -9 of the starter a new start ends what was left running and comes up", async () => {
  const first = start(servers);
  await first.waitForOutput(up);
  const left = processes();
  first.child.kill("SIGKILL");
  await first.ended;
  expect(left.every((pid) => startMark(pid) !== undefined)).toBe(true);

  const second = start(servers);
  await second.waitForOutput(up);
  expect(second.output()).toContain("ended what a killed start had left");
  expect(left.filter((pid) => startMark(pid) !== undefined)).toEqual([]);
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});

test("a run file that names a stranger's process does not harm it", async () => {
  const stranger = spawn("/bin/sh", ["-c", "cat"], { detached: true });
  const pid = stranger.pid ?? 0;
  const mark = startMark(pid) ?? "";
  mkdirSync(join(place.folder, "data"));
  const children = [
    { name: "postgres", pid, mark: `${mark}0`, program: "/bin/sh" },
    { name: "redis", pid, mark, program: "/usr/bin/redis-server" },
  ];
  const starter = { pid: 999_999_999, mark: "1" };
  writeFileSync(join(place.folder, "data/run.json"), JSON.stringify({ starter, children }));
  const first = start(["--only", "postgres"]);
  await first.waitForOutput(up);
  expect(startMark(pid)).toBe(mark);
  first.child.kill("SIGTERM");
  await first.ended;
  stranger.kill("SIGKILL");
});

test("a killed service is restarted, and readiness is correct meanwhile", async () => {
  const cli = join(place.folder, "temporal");
  symlinkSync(place.env["TEMPORAL_CLI_PATH"] ?? "", cli);
  const starter = start(["--only", "temporal"], { TEMPORAL_CLI_PATH: cli });
  await starter.waitForOutput(up);
  const url = `http://127.0.0.1:${place.env["METRICS_PORT"]}/readyz`;
  expect((await fetch(url)).status).toBe(200);

  // While its program is missing it cannot be restarted, however slow this machine is.
  renameSync(cli, `${cli}.away`);
  for (const pid of processes()) process.kill(pid, "SIGKILL");
  await starter.waitForOutput(/temporal ended \(SIGKILL\): starting it again in 0\.5 s/u);
  await starter.waitForOutput(
    /temporal could not be started \(TEMPORAL_CLI_PATH: .*\): starting it again in 1 s/u,
  );
  expect((await fetch(url)).status).toBe(503);

  renameSync(`${cli}.away`, cli);
  await starter.waitForOutput(/temporal is back/u);
  expect((await fetch(url)).status).toBe(200);
  starter.child.kill("SIGTERM");
  expect(await starter.ended).toBe(0);
});

test.skipIf(process.getuid?.() !== 0)(
  "root's data lies where PostgreSQL's account can enter, the table says where, and --reset finds it",
  async () => {
    chmodSync(place.folder, 0o700);
    const starter = start(["--only", "postgres"]);
    await starter.waitForOutput(up);
    starter.child.kill("SIGTERM");
    await starter.ended;
    const [, elsewhere = ""] = /embedded, data in (\S+):/u.exec(starter.output()) ?? [];
    expect(existsSync(join(elsewhere, "PG_VERSION"))).toBe(true);
    expect(await start(["--reset", "--yes"]).ended).toBe(0);
    expect(existsSync(elsewhere)).toBe(false);
  },
);

test("--reset deletes the data only with a yes, and never a folder that is not ours", async () => {
  const first = start(["--only", "postgres"]);
  await first.waitForOutput(up);
  first.child.kill("SIGTERM");
  await first.ended;
  expect(await failure(["--reset"])).toMatch(
    /^tollgate: --reset asks first and nobody is there to answer/u,
  );
  expect(readFileSync(join(place.folder, "data/secrets.json"), "utf8")).not.toBe("");

  const done = start(["--reset", "--yes"]);
  expect(await done.ended).toBe(0);
  expect(() => readFileSync(join(place.folder, "data/secrets.json"))).toThrow("ENOENT");

  writeFileSync(join(place.folder, "precious"), "");
  expect(await failure(["--reset", "--yes"], { TOLLGATE_DATA: place.folder })).toContain(
    "not a data directory of Tollgate",
  );
  expect(readFileSync(join(place.folder, "precious"), "utf8")).toBe("");
});

async function onTemporal<Result>(act: (client: Client) => Promise<Result>): Promise<Result> {
  const connection = await Connection.connect({
    address: `127.0.0.1:${place.env["TEMPORAL_PORT"]}`,
  });
  try {
    return await act(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
