import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  Outage,
  RateLimiter,
  restMs,
  telegramLimits,
} from "../../../activities/messaging/rate-limiter.ts";
import { telegramId } from "../../../domain/ids.ts";

const chats = [1, 2, 3, 4, 5, 6].map(telegramId);

test("a caller who waits as told makes no more calls than allowed", () =>
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 30, maxLength: 150 }), (drawn) => {
      const limiter = new RateLimiter();
      const calls: { at: number; chat: number }[] = [];
      let now = 0;
      for (const index of drawn) {
        const chat = chats[index]!;
        for (let ms = 1; ms > 0; now += ms) {
          ms = Math.max(limiter.waitMs(chat, now), limiter.freeInMs(now));
        }
        expect(limiter.allowed(now)).toBeGreaterThan(0);
        expect(limiter.waiting(now).chats).not.toContain(chat);
        limiter.countCall(chat, now);
        calls.push({ at: now, chat });
      }
      for (const { at, chat } of calls) {
        const within = calls.filter((call) => call.at >= at && call.at < at + 1_000);
        expect(within.length).toBeLessThanOrEqual(telegramLimits.perSecond);
        const ofChat = calls.filter((call) => call.chat === chat && call.at >= at);
        const tenSeconds = ofChat.filter((call) => call.at < at + 10_000);
        expect(tenSeconds.length).toBeLessThanOrEqual(telegramLimits.chatBurst + 10);
      }
    }),
  ));

test("a resting chat is listed until its rest is over, or ended", () => {
  const limiter = new RateLimiter();
  limiter.rest(chats[0]!, 5_000);
  expect(limiter.waiting(1_000)).toEqual({ chats: [chats[0]], nextMs: 4_000 });
  expect(limiter.waitMs(chats[0]!, 5_000)).toBe(0);
  limiter.rest(chats[0]!, 9_000);
  limiter.endRest(chats[0]!);
  expect(limiter.waiting(6_000)).toEqual({ chats: [], nextMs: Number.POSITIVE_INFINITY });
});

test("with calls reserved for others it is full earlier", () => {
  const limiter = new RateLimiter();
  for (let call = 0; call < 20; call += 1) limiter.countCall(telegramId(call + 1), call);
  expect(limiter.freeInMs(30)).toBe(0);
  expect(limiter.freeInMs(30, 5)).toBe(970);
});

test("rests grow and have a bound", () => {
  const rests = Array.from({ length: 40 }, (_, tries) => restMs(tries));
  expect(rests.slice(0, 3)).toEqual([500, 1_000, 2_000]);
  expect(Math.max(...rests)).toBe(30_000);
  expect(rests).toEqual(rests.toSorted((a, b) => a - b));
});

test("while Telegram asks chats to wait, the next chat is tried soon, however many there are", () => {
  const outage = new Outage();
  let now = 0;
  for (let n = 0; n < 100; n += 1) {
    outage.recordFailure(telegramId(n + 1), now, true);
    now += outage.waitMs(now);
  }
  expect(now).toBeLessThanOrEqual(10_000);
  expect(outage.recordAnswer()).toEqual([]);
});

test("five chats in a row without an answer are an outage, until one answers", () => {
  const outage = new Outage();
  for (const chat of chats.slice(0, 4)) outage.recordFailure(chat, 0, false);
  outage.recordFailure(chats[0]!, 0, false);
  expect(outage.isOn).toBe(false);
  outage.recordFailure(chats[4]!, 0, true);
  expect([outage.isOn, outage.waitMs(0)]).toEqual([true, 500]);
  outage.recordFailure(chats[5]!, 500, false);
  expect(outage.waitMs(500)).toBe(1_000);
  // A chat that Telegram itself told to wait goes on waiting.
  expect(outage.recordAnswer()).toEqual([...chats.slice(0, 4), chats[5]]);
  expect([outage.isOn, outage.waitMs(0), outage.recordAnswer()]).toEqual([false, 0, []]);
});
