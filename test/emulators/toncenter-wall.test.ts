import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const keptOut = [
  "../../db/orm.ts",
  "../telegram/state.ts",
  "../../domain/ids.ts",
  "express",
  "telegraf",
];
const letIn = ["./state.ts", "../kit/http.ts", "node:fs", "zod", "@ton/core"];

test("the emulator knows the chain's packages, and still nothing of the product", () => {
  const folder = mkdtempSync(join(tmpdir(), "toncenter-wall-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "emulators/toncenter"), { recursive: true });
  cpSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const probe = [...keptOut, ...letIn].map((from) => `export * from "${from}";`).join("\n");
  writeFileSync(join(folder, "emulators/toncenter/probe.ts"), probe);
  const args = [join(root, "node_modules/oxlint/bin/oxlint"), "--format", "json", "."];
  const ran = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const { diagnostics } = JSON.parse(ran.stdout) as {
    diagnostics: { code: string; message: string }[];
  };
  const stopped = diagnostics
    .filter(({ code }) => code === "eslint(no-restricted-imports)")
    .map(({ message }) => /'([^']+)'/u.exec(message)?.[1]);
  expect(new Set(stopped)).toEqual(new Set(keptOut));
});
