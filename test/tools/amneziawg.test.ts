import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { connectHost, hostSettings } from "../../gateways/hosts/registry.ts";
import { amneziawgGo, awgNode } from "../../tools/amneziawg/build.ts";
import { createMemoryDemoHost, startDemoHost } from "../../tools/amneziawg/demo-host.ts";
import { anAccess } from "../gateways/hosts/accesses.ts";
import { missing, needsAwgNode } from "../gateways/hosts/requirements.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("without Go the error says what to install", async () => {
  vi.stubEnv("AWG_NODE_PATH", "");
  vi.stubEnv("TOLLGATE_CACHE", folder);
  vi.stubEnv("PATH", folder);
  await expect(awgNode()).rejects.toThrow(/install Go 1\.24 or newer .*AWG_NODE_PATH/u);
  expect(readdirSync(folder)).toEqual([]);
});

test("a program that is given is used, and has to be there", async () => {
  vi.stubEnv("AWG_NODE_PATH", process.execPath);
  expect(await awgNode()).toBe(process.execPath);
  vi.stubEnv("AWG_NODE_PATH", join(folder, "nothing"));
  await expect(awgNode()).rejects.toThrow("AWG_NODE_PATH");
});

test.skipIf(missing("go") !== "")(
  "parallel builds leave one program and no other files",
  async () => {
    vi.stubEnv("TOLLGATE_CACHE", folder);
    const outputs: string[][] = [[], []];
    const paths = await Promise.all(
      outputs.map((lines) => amneziawgGo((line) => lines.push(line))),
    );
    expect(new Set(paths).size).toBe(1);
    expect(readdirSync(folder)).toHaveLength(1);
    for (const [line] of outputs) expect(line).toContain("building amneziawg-go");
    expect(execFileSync(paths[0] ?? "", ["--version"], { encoding: "utf8" })).toContain(
      "amneziawg-go",
    );
  },
);

test("a memory host of the demo keeps its key", async () => {
  const first = await createMemoryDemoHost(folder);
  expect(await createMemoryDemoHost(folder)).toEqual(first);
  expect(await connectHost(first).describe()).toMatchObject({ kind: "memory" });
});

test("a damaged identity is not replaced in silence", async () => {
  await createMemoryDemoHost(folder);
  writeFileSync(join(folder, "host.json"), "{");
  await expect(createMemoryDemoHost(folder)).rejects.toThrow("damaged");
});

describe.skipIf(missing(...needsAwgNode) !== "")("the demo's host", () => {
  test("a second start has the same keys and port, so customers' files go on working", async () => {
    const first = await startDemoHost({ dataDir: folder });
    onTestFinished(() => first.process.stop());
    const phone = anAccess(0);
    const before = await connectHost(first.settings).credentials(phone);
    expect(hostSettings.parse(first.settings)).toEqual(first.settings);
    await first.process.stop();

    const second = await startDemoHost({ dataDir: folder });
    onTestFinished(() => second.process.stop());
    expect(second.settings).toEqual(first.settings);
    const host = connectHost(second.settings);
    expect((await host.list()).peers).toEqual([]);
    expect(await host.credentials(phone)).toEqual(before);
  });

  test("its folder, socket and keys are this user's alone", async () => {
    const demo = await startDemoHost({ dataDir: folder });
    onTestFinished(() => demo.process.stop());
    const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;
    expect([modeOf("."), modeOf("host.json"), modeOf("awg.sock")]).toEqual([0o700, 0o600, 0o600]);
    expect(readFileSync(join(folder, "host.json"), "utf8")).toContain("privateKey");
  });

  test("onExit is called with how it ended", async () => {
    let ended: string | undefined;
    const demo = await startDemoHost({ dataDir: folder, onExit: (ending) => (ended = ending) });
    process.kill(demo.process.pid, "SIGKILL");
    await expect.poll(() => ended).toBe("SIGKILL");
  });

  test("a folder with too long a name is refused before anything is built", async () => {
    const dataDir = join(folder, "x".repeat(100));
    await expect(startDemoHost({ dataDir })).rejects.toThrow("shorter path");
  });
});
