import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePorts, isFree } from "../../tools/servers/ports.ts";

const many = 300;
const module = new URL("../../tools/servers/ports.ts", import.meta.url).href;
/** Asks in another process, which runs until its input ends. */
const elsewhere = `
  const { freePorts } = await import(${JSON.stringify(module)});
  console.log(JSON.stringify(await freePorts(${many})));
  process.stdin.resume();
`;

test("processes that ask at the same time get different ports, which no outgoing connection takes", async () => {
  const children = Array.from({ length: 3 }, () => {
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", elsewhere];
    const running = promisify(execFile)(process.execPath, args);
    return { running, child: running.child };
  });
  const portsOfOthers = children.map(
    ({ child }) =>
      new Promise<number[]>((resolve) => {
        child.stdout?.once("data", (line: string) => resolve(JSON.parse(line) as number[]));
      }),
  );
  const all = (await Promise.all([freePorts(many), ...portsOfOthers])).flat();
  for (const { child } of children) child.stdin?.end();
  await Promise.all(children.map(({ running }) => running));
  expect(all).toHaveLength(4 * many);
  expect(new Set(all).size).toBe(4 * many);
  expect(Math.max(...all)).toBeLessThan(32_768);
  expect(await isFree(all[0] ?? 0)).toBe(true);
});
