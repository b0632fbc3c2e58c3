import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayKinds } from "./gateway-drivers/all.ts";
import { HistoryPlayer } from "./history-player.ts";
import { describeHistory, historiesAt, type History } from "./payment-history.ts";
import { describeDevices } from "./product-audit.ts";
import { openProduct, type ProductFixture } from "./product-fixture.ts";
import type { Finding } from "./rights.ts";

const numberFromEnv = (name: string, usual: number) => Number(process.env[name] ?? usual);

const seed = numberFromEnv("FAULTS_SEED", Date.now() % 2 ** 31);
const first = numberFromEnv("FAULTS_FIRST", 0);
const count = numberFromEnv("FAULTS_COUNT", 300);
/** The file for the numbers of failed histories: `npm run test:faults` reads it. */
const resultFile = process.env["FAULTS_RESULT"];
/** How many failed histories are printed; the first is played again and shrunk. */
const mostPrinted = 10;

/**
 * Histories played at the same time: waiting costs nothing, and after a kill there is much of it.
 */
const concurrency = numberFromEnv("FAULTS_AT_A_TIME", 80);
const histories = historiesAt(gatewayKinds);

/** Few enough devices that the other host is soon full. */
const otherCapacity = 40;

/** How long a history may take to settle after its last step, among others and alone. */
const crowdTimeoutMs = 240_000;
const aloneTimeoutMs = 60_000;
/** How long a part is not killed again when many histories are played. */
const crowdRestMs = 15_000;
const shrinkMs = 240_000;
/** Enough on a busy machine. */
const timeoutMs = count * 4_000 + shrinkMs + 600_000;

let fixture: ProductFixture;

beforeAll(async () => {
  fixture = await openProduct(gatewayKinds, otherCapacity);
});
afterAll(async () => {
  // A history that was broken off may have killed a part that is being restarted.
  await fixture?.killer.waitUntilRevived();
  await fixture?.close();
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
    fixture.killer.restMs = crowdRestMs;
    const { failed, ofNobody } = await playAll(drawn);
    const seconds = Math.round((Date.now() - began) / 1_000);
    const rate = Math.round((drawn.length * 60) / seconds);
    console.log(
      `${drawn.length - failed.length} histories passed, ${failed.length} failed in ${seconds} s ` +
        `(${rate} a minute), seed ${seed}, from ${first}; killed: ` +
        `${fixture.killer.describeDeaths()}; devices: ${await describeDevices(fixture.owner)}`,
    );
    for (const { path, history, complaints } of failed.slice(0, mostPrinted)) {
      console.log(`path ${path}: ${describeHistory(history)}\n  ${complaints.join("\n  ")}`);
    }
    const numbers = JSON.stringify(failed.map(({ path }) => path));
    if (resultFile !== undefined) writeFileSync(resultFile, numbers);
    const [worst] = failed;
    const explanation = worst === undefined ? "" : await explainFailure(worst);
    expect(explanation).toBe("");
    expect(ofNobody).toEqual([]);
  },
  timeoutMs,
);

/**
 * Plays many at a time, then audits and checks each one's outcome.
 * `ofNobody`: findings about none of them.
 */
async function playAll(
  drawn: readonly History[],
): Promise<{ failed: Failed[]; ofNobody: readonly Finding[] }> {
  const players = drawn.map((history) => new HistoryPlayer(fixture, history));
  const complaintsOf = new Map<number, string[]>();
  const left = players.entries();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const [index, player] of left) {
        const error = await player.play(crowdTimeoutMs).catch(String);
        if (error !== undefined) complaintsOf.set(index, [error]);
      }
    }),
  );
  await fixture.killer.waitUntilRevived();
  const audited = await fixture.audit();
  for (const [index, player] of players.entries()) {
    const found = await player.complaints(audited).catch((error: unknown) => [String(error)]);
    if (found.length > 0) complaintsOf.set(index, [...(complaintsOf.get(index) ?? []), ...found]);
  }
  const failed = [...complaintsOf].map(([index, complaints]) => {
    return { path: first + index, history: drawn[index]!, complaints };
  });
  const ofNobody = audited.filter((finding) => !players.some((player) => player.isAbout(finding)));
  return { failed, ofNobody };
}

async function playAlone(history: History): Promise<void> {
  const player = new HistoryPlayer(fixture, history);
  await player.play(aloneTimeoutMs);
  const complaints = await player.complaints(await fixture.audit());
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

/**
 * Plays a failed history alone, as drawn and then ever shorter.
 * Returns a text with the shortest that fails.
 */
async function explainFailure({ path, history, complaints }: Failed): Promise<string> {
  fixture.killer.restMs = 0;
  const shrunk = await fc.check(fc.asyncProperty(histories, playAlone), {
    seed,
    path: String(path),
    numRuns: 1,
    interruptAfterTimeLimit: shrinkMs,
    markInterruptAsFailure: false,
  });
  const [short] = shrunk.counterexample ?? [];
  const alike =
    short === undefined
      ? "Played alone it passed: it fails only among others, or at another moment."
      : `Shrunk: ${describeHistory(short)}\n${String(shrunk.errorInstance)}`;
  return [
    `The first that failed, of seed ${seed}, path ${path}:`,
    describeHistory(history),
    ...complaints,
    alike,
    `To repeat: npm run test:faults -- --seed ${seed} --first ${path} --histories 1`,
  ].join("\n");
}
