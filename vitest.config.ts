import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes minutes, mostly of waiting for what was killed, with many processes of its own;
 * the longest first.
 */
const long = [
  "faults/payment-killed",
  "faults/payment-histories",
  "deploy/production",
  "faults/worker-killed",
  "product/whole",
  "faults/part-killed",
  "runtime/processes",
  "faults/loop-killed",
  "tools/start",
];
/** So many others begin between two of them: side by side they would starve each other. */
const between = 14;

const placeOf = ({ moduleId }: TestSpecification): number =>
  long.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));

class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is the sequencer's own
    const sorted = await super.sort(files);
    const others = sorted.filter((file) => placeOf(file) < 0);
    const ordered = sorted
      .filter((file) => placeOf(file) >= 0)
      .toSorted((a, b) => placeOf(a) - placeOf(b))
      .flatMap((file) => [file, ...others.splice(0, between)]);
    return [...ordered, ...others];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    globalSetup: ["test/drivers/servers.ts"],
    pool: "forks",
    // Most of what a test makes is garbage before a larger nursery is full.
    execArgv: ["--min-semi-space-size=32", "--max-semi-space-size=64"],
    maxWorkers: 3,
    // A third of the processor time went into loading the same modules anew for each file. A file
    // that changes what its process holds (variables, timers) puts it back.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: Interleaved },
  },
});
