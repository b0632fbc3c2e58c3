import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { edgeKinds } from "./gateway-drivers/all.ts";
import { historiesAt, type History, told } from "./payment-history.ts";
import { PaymentStory } from "./payment-story.ts";
import { type FaultWorld, openWorld } from "./payment-world.ts";
import type { Finding } from "./rights.ts";

const given = (name: string, usual: number) => Number(process.env[name] ?? usual);

const seed = given("FAULTS_SEED", Date.now() % 2 ** 31);
const first = given("FAULTS_FIRST", 0);
const count = given("FAULTS_COUNT", 300);
/** Where the numbers of the histories that failed are written, for whoever plays many batches. */
const resultFile = process.env["FAULTS_RESULT"];
/** Of the histories that failed so many are told; the first is played again and shrunk. */
const mostTold = 10;

/** Waiting costs nothing, and after a kill there is much of it. */
const atATime = given("FAULTS_AT_A_TIME", 80);
const histories = historiesAt(edgeKinds);

/** The other host is soon full, and stays so. */
const otherCapacity = 40;

/** What has not come to rest so long after its last act does not. */
const crowdsPatienceMs = 240_000;
const alonesPatienceMs = 60_000;
/** Among many histories a part that was killed is left alone for so long. */
const crowdRestMs = 15_000;
const shrinkMs = 240_000;
/** Enough on a machine that is busy with other things. */
const timeoutMs = count * 4_000 + shrinkMs + 600_000;

let world: FaultWorld;

beforeAll(async () => {
  world = await openWorld(edgeKinds, otherCapacity);
});
afterAll(async () => {
  // A story that was broken off may have killed something that is just coming back.
  await world?.chaos.calm();
  await world?.close();
});

interface Failed {
  readonly path: number;
  readonly history: History;
  readonly complaints: readonly string[];
}

test(
  "whatever befalls a customer's payments, no coin and no hour is lost or made, and whoever has the right is let in",
  async () => {
    const drawn = fc.sample(histories, { seed, numRuns: first + count }).slice(first);
    const began = Date.now();
    world.chaos.restMs = crowdRestMs;
    const { failed, ofNobody } = await playAll(drawn);
    const seconds = Math.round((Date.now() - began) / 1_000);
    const rate = Math.round((drawn.length * 60) / seconds);
    console.log(
      `${drawn.length - failed.length} histories passed, ${failed.length} failed in ${seconds} s ` +
        `(${rate} a minute), seed ${seed}, from ${first}; killed: ${world.chaos.toll()}`,
    );
    for (const { path, history, complaints } of failed.slice(0, mostTold)) {
      console.log(`path ${path}: ${told(history)}\n  ${complaints.join("\n  ")}`);
    }
    const numbers = JSON.stringify(failed.map(({ path }) => path));
    if (resultFile !== undefined) writeFileSync(resultFile, numbers);
    const [worst] = failed;
    const explanation = worst === undefined ? "" : await explained(worst);
    expect(explanation).toBe("");
    expect(ofNobody).toEqual([]);
  },
  timeoutMs,
);

/** Many at a time; then the audit, and each looked at once more: what came late came too late. */
async function playAll(
  drawn: readonly History[],
): Promise<{ failed: Failed[]; ofNobody: readonly Finding[] }> {
  const stories = drawn.map((history) => new PaymentStory(world, history));
  const broken = new Map<number, string[]>();
  const left = stories.entries();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const [index, story] of left) {
        const said = await story.play(crowdsPatienceMs).catch(String);
        if (said !== undefined) broken.set(index, [said]);
      }
    }),
  );
  await world.chaos.calm();
  const audited = await world.audit();
  for (const [index, story] of stories.entries()) {
    const found = await story.complaints(audited).catch((error: unknown) => [String(error)]);
    if (found.length > 0) broken.set(index, [...(broken.get(index) ?? []), ...found]);
  }
  const failed = [...broken].map(([index, complaints]) => {
    return { path: first + index, history: drawn[index]!, complaints };
  });
  const ofNobody = audited.filter((finding) => !stories.some((story) => story.isAbout(finding)));
  return { failed, ofNobody };
}

async function alone(history: History): Promise<void> {
  const story = new PaymentStory(world, history);
  await story.play(alonesPatienceMs);
  const complaints = await story.complaints(await world.audit());
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

/** Plays it alone, as drawn and then ever shorter. */
async function explained({ path, history, complaints }: Failed): Promise<string> {
  world.chaos.restMs = 0;
  const shrunk = await fc.check(fc.asyncProperty(histories, alone), {
    seed,
    path: String(path),
    numRuns: 1,
    interruptAfterTimeLimit: shrinkMs,
    markInterruptAsFailure: false,
  });
  const [short] = shrunk.counterexample ?? [];
  const alike =
    short === undefined
      ? "Played alone it passed: it takes others, or another moment."
      : `Shrunk: ${told(short)}\n${String(shrunk.errorInstance)}`;
  return [
    `The first that failed, of seed ${seed}, path ${path}:`,
    told(history),
    ...complaints,
    alike,
    `Again: npm run test:faults -- --seed ${seed} --first ${path} --histories 1`,
  ].join("\n");
}
