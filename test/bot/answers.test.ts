import { setTimeout as delay } from "node:timers/promises";
import { TelegramError } from "telegraf";
import { expect, test } from "vitest";
import { type AnswerLimits, Answers } from "../../bot/answers.ts";
import { BotMetrics } from "../../bot/metrics.ts";
import { createLogger } from "../../runtime/log.ts";
import { eventually } from "../drivers/eventually.ts";

const refusal = (error_code: number, retry_after?: number) =>
  new TelegramError({
    error_code,
    description: "no",
    ...(retry_after === undefined ? {} : { parameters: { retry_after } }),
  });

function openAnswers(limits: Partial<AnswerLimits> = {}) {
  const lines: string[] = [];
  const metrics = new BotMetrics();
  const log = createLogger("bot", "debug", { write: (line) => void lines.push(line) });
  const all = { perLane: 20, inAll: 5_000, bytes: 1_000_000, handlerWaitMs: 100, ...limits };
  const answers = new Answers(log, metrics, all);
  const sent: string[] = [];
  /** Sends `what` in `lane`; each of `troubles` is what Telegram answers first. */
  const push = (lane: string, what: string, troubles: unknown[] = [], more: object = {}) =>
    answers.push({
      lane,
      bytes: 10,
      ...more,
      send: async () => {
        const trouble = troubles.shift();
        if (trouble !== undefined) throw trouble;
        sent.push(what);
      },
    });
  const outcomes = async () =>
    Object.fromEntries(
      (await metrics.answers.get()).values.map(({ labels, value }) => [labels.outcome, value]),
    );
  return { answers, sent, lines, push, outcomes };
}

test("a chat that Telegram delays delays neither its handlers nor any other chat", async () => {
  const { sent, push, answers } = openAnswers();
  const started = Date.now();
  await push("slow", "first", [refusal(429, 1)]);
  for (let count = 2; count <= 10; count += 1) await push("slow", `${count}`);
  await push("quick", "quick");
  expect(Date.now() - started).toBeLessThan(500);
  expect(sent).toEqual(["quick"]);
  await eventually(() => expect(answers.waiting).toBe(0));
  expect(sent).toEqual(["quick", "first", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
});

test("a call that hangs is waited for briefly, once", async () => {
  const { answers, push, sent } = openAnswers();
  const started = Date.now();
  await answers.push({ lane: "hangs", bytes: 1, send: () => delay(1_500) });
  for (let count = 0; count < 10; count += 1) await push("hangs", "later");
  expect(Date.now() - started).toBeLessThan(600);
  await eventually(() => expect(sent).toHaveLength(10));
});

test("a permanent failure is not retried, and the rest goes on", async () => {
  const { sent, push, outcomes, lines } = openAnswers();
  await push("a", "stopped the bot", [refusal(403)]);
  await push("a", "too long", [refusal(400)]);
  await push("a", "fine");
  expect(sent).toEqual(["fine"]);
  expect(await outcomes()).toEqual({ blocked: 1, refused: 1, sent: 1 });
  expect(lines.filter((line) => line.includes("Telegram refused"))).toHaveLength(1);
});

test("an answer is given up when it is not worth sending any more", async () => {
  const { sent, push, outcomes } = openAnswers();
  await push("a", "in a minute", [refusal(429, 60)], { goodForMs: 500 });
  await push("a", "fine");
  await eventually(() => expect(sent).toEqual(["fine"]));
  expect(await outcomes()).toEqual({ lost: 1, sent: 1 });
});

test("of two waiting edits of one message the later is sent", async () => {
  const { answers, sent, push } = openAnswers();
  await push("a", "one", [refusal(429, 1)], { replaces: "edit:7" });
  await push("a", "two", [], { replaces: "edit:7" });
  await push("a", "other", [], { replaces: "edit:8" });
  await push("a", "three", [], { replaces: "edit:7" });
  await eventually(() => expect(answers.waiting).toBe(0));
  expect(sent).toEqual(["other", "three"]);
});

test("waiting answers are bounded: a chat's oldest is dropped, and beyond the total bound the newest", async () => {
  const { answers, push, outcomes, sent } = openAnswers({ perLane: 3, inAll: 6, bytes: 65 });
  for (const what of ["1", "2", "3", "4"])
    await push("a", what, what === "1" ? [refusal(429, 1)] : []);
  expect(answers.waiting).toBe(3);
  for (const lane of ["b", "c", "d", "e"]) {
    await push(lane, lane, [refusal(429, 1)]);
  }
  expect(answers.waiting).toBe(6);
  expect(await outcomes()).toEqual({ lost: 2 });
  await eventually(() => expect(answers.waiting).toBe(0));
  expect(sent.filter((what) => /\d/u.test(what))).toEqual(["1", "3", "4"]);
  await answers.push({ lane: "f", bytes: 66, send: async () => void sent.push("too large") });
  expect(sent).not.toContain("too large");
});

test("no error of the client is logged with its URL, which holds the token", async () => {
  const { push, lines } = openAnswers();
  const error = Object.assign(new Error("https://api.telegram.org/bot1:secret/x failed"), {
    name: "FetchError",
  });
  await push("a", "x", [error], { goodForMs: 50 });
  await eventually(() => expect(lines.join("")).toContain("given up"));
  expect(lines.join("")).not.toMatch(/secret|api\.telegram\.org/u);
});
