import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { describeInstallation } from "../../../gateways/hosts/amneziawg/install/installer.ts";
import { quote } from "../../../gateways/hosts/amneziawg/install/shell.ts";
import { plan } from "./installation.ts";

test("a word comes through a shell as it is, whatever is in it", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.constantFrom("$(reboot)", "a'b", "; reboot", "`x`", "\n", "", "-n", '"', "\\"),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      (drawn) => {
        const words = drawn.map((word) => word.replaceAll("\0", ""));
        const line = `printf '%s\\0' ${words.map(quote).join(" ")}`;
        const output = execFileSync("sh", ["-c", line], { encoding: "utf8" });
        expect(output.split("\0").slice(0, -1)).toEqual(words);
      },
    ),
    { numRuns: 60 },
  ));

test("a dry run has every command of both ways, each step with its reason, in one line each", async () => {
  const given = { plan: plan(), variant: "auto" as const, program: Buffer.from("x") };
  const lines = describeInstallation(given);
  expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
  const text = lines.join("\n");
  for (const command of ["amneziawg nftables", "modprobe tun", "masquerade", "systemctl enable"]) {
    expect(text).toContain(command);
  }
  const only = (variant: "module" | "userspace") =>
    describeInstallation({ ...given, variant }).join("\n");
  expect(only("module")).not.toContain("modprobe tun");
  expect(only("userspace")).not.toContain("amnezia.asc");
  // It is a script: a shell reads all of it.
  execFileSync("sh", ["-n"], { input: text });
});
