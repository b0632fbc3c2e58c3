import { expect, test } from "vitest";
import { Backoff, retryWithBackoff } from "../../runtime/backoff.ts";

test("pauses double up to the longest, and begin again after a success", () => {
  const backoff = new Backoff({ firstPauseMs: 200, longestPauseMs: 1_000 });
  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([200, 400, 800, 1_000, 1_000]);
  backoff.reset();
  expect(backoff.next()).toBe(200);
});

test("an attempt is repeated until it succeeds, and each failure is reported", async () => {
  const failures: unknown[] = [];
  let attempts = 0;
  const result = await retryWithBackoff(
    async () => {
      attempts += 1;
      if (attempts < 5) throw new Error(`attempt ${attempts}`);
      return "done";
    },
    { firstPauseMs: 1, longestPauseMs: 2, onFailure: (error) => failures.push(String(error)) },
  );
  expect(result).toBe("done");
  expect(failures).toEqual([1, 2, 3, 4].map((at) => `Error: attempt ${at}`));
});

test("a signal ends the retries, also during a pause", async () => {
  const ending = new AbortController();
  const retried = retryWithBackoff(() => Promise.reject(new Error("away")), {
    firstPauseMs: 3_600_000,
    longestPauseMs: 3_600_000,
    signal: ending.signal,
    onFailure: () => ending.abort(),
  });
  await expect(retried).rejects.toMatchObject({ name: "AbortError" });
});
