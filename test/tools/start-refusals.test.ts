import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { findOnPath } from "../../tools/servers/executables.ts";
import { freePorts } from "../../tools/servers/ports.ts";
import { useStarter } from "../drivers/starter.ts";

const { place, start, failure, processes } = useStarter();
const servers = ["--only", "postgres,redis,temporal"];

test("--help explains every service and every variable and starts nothing", async () => {
  const starter = start(["--help"]);
  expect(await starter.ended).toBe(0);
  for (const word of ["--only", "--reset", "BOT_TOKEN", "DATABASE_URL", "postgres", "bot"]) {
    expect(starter.output()).toContain(word);
  }
  expect(processes()).toEqual([]);
});

test("all that is wrong in the configuration is listed at once and no value is shown", async () => {
  const hosts = join(place.folder, "hosts.json");
  writeFileSync(hosts, '[{"name": "one"}]');
  const wrong = {
    BOT_TOKEN: "not-a-secret-token",
    ADMIN_IDS: "1001,Bob",
    DATABASE_URL: "mysql://root:hunter2@db/x",
    REDIS_URL: "localhost",
    TEMPORAL_ADDRESS: "nowhere",
    TEMPORAL_CLI_PATH: join(place.folder, "none"),
    HOSTS_FILE: hosts,
    ENCRYPTION_KEYS: "k1:hunter2",
    TRIAL_DAYS: "-1",
    AUTO_APPROVE: "perhaps",
    LOG_LEVEL: "loud",
    BOT_MODE: "pigeon",
    API_PORT: "70000",
    REDIS_PORT: "redis",
  };
  const output = await failure([], wrong);
  expect(Object.keys(wrong).filter((name) => !output.includes(`  - ${name}: `))).toEqual([]);
  expect(output).not.toMatch(/hunter2|not-a-secret-token/u);
  expect(processes()).toEqual([]);
});

test("a real bot without admins, and two services on one port, are contradictions", async () => {
  const output = await failure([], {
    BOT_TOKEN: "1:abcdefg",
    API_PORT: "5000",
    METRICS_PORT: "5000",
  });
  expect(output).toContain("ADMIN_IDS is missing");
  expect(output).toContain("API_PORT and METRICS_PORT are both 5000");
});

test("emulators do not start beside a real bot", async () => {
  const output = await failure(["--only", "telegram"], {
    BOT_TOKEN: "1:abcdefg",
    ADMIN_IDS: "1001",
  });
  expect(output).toMatch(
    /^tollgate: telegram belongs to the demo and BOT_TOKEN names a real bot.*\n$/u,
  );
});

test("an unknown option and an unknown service are refused in one line", async () => {
  expect(await failure(["--fast"])).toMatch(/^tollgate: .*--fast.*--help\n$/u);
  expect(await failure(["--only", "postgers"])).toMatch(
    /^tollgate: --only knows no postgers; .*\n$/u,
  );
});

test("a taken port gives one line that names the port and its variable", async () => {
  const taken = createServer().listen(Number(place.env["TEMPORAL_PORT"]), "127.0.0.1");
  await once(taken, "listening");
  const line = `port ${place.env["TEMPORAL_PORT"]} is taken: stop what listens there or set TEMPORAL_PORT to another`;
  expect(await failure(servers)).toBe(`tollgate: ${line}. Nothing was started.\n`);
  taken.close();
});

test("a wrong DATABASE_URL gives one line that says what is wrong, without the password", async () => {
  const right = inject("postgres").url;
  const [port] = await freePorts(1);
  const wrong = (change: (url: URL) => unknown) => {
    const url = new URL(right);
    change(url);
    return failure(servers, { DATABASE_URL: url.href });
  };
  expect(await wrong((url) => (url.password = "hunter2"))).toMatch(
    /^tollgate: DATABASE_URL: \S+ refuses the user tollgate or its password: correct them\. Nothing was started\.\n$/u,
  );
  expect(await wrong((url) => (url.pathname = "/nothing"))).toMatch(
    /has no database nothing: run CREATE/u,
  );
  expect(await wrong((url) => (url.port = String(port)))).toMatch(
    /nothing answers at 127\.0\.0\.1:\d+: start/u,
  );
});

test("a TEMPORAL_ADDRESS where nothing answers gives one line", async () => {
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  expect(await failure(servers, { TEMPORAL_ADDRESS: address })).toBe(
    `tollgate: TEMPORAL_ADDRESS: nothing answers at ${address}: start that server or correct the address. ` +
      `Nothing was started.\n`,
  );
});

test("without Temporal, cache, network and go, one line says what to do", async () => {
  const bin = join(place.folder, "bin");
  mkdirSync(bin);
  for (const name of ["sh", "cat", "id", "tar"])
    symlinkSync(findOnPath(name) ?? "", join(bin, name));
  const offline = { PATH: bin, TOLLGATE_CACHE: join(place.folder, "cache"), TEMPORAL_CLI_PATH: "" };
  // A proxy that does not answer is like a missing network, on every machine.
  const proxy = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://127.0.0.1:9" };
  const output = await failure(["--only", "temporal"], { ...offline, ...proxy });
  expect(output).toMatch(/^tollgate: temporal: no Temporal server: tried [^\n]*\n$/u);
  for (const word of ["download", "`go` is not on PATH", "TEMPORAL_CLI_PATH", "TEMPORAL_ADDRESS"]) {
    expect(output).toContain(word);
  }
});
