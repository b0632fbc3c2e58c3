import { expect, test } from "vitest";
import { startCryptoBot } from "./cryptobot-client.ts";
import { startTBank } from "./tbank-client.ts";
import { startTelegram } from "./telegram-client.ts";

/**
 * Starts an emulator one of whose methods fails half the time; says of a call whether it worked.
 */
const emulators: Readonly<Record<string, (seed: number) => Promise<() => Promise<boolean>>>> = {
  CryptoBot: async (seed) => {
    const { fault, call } = await startCryptoBot();
    await fault({ kind: "500", method: "getMe", probability: 0.5, seed });
    return async () => (await call("getMe")).ok;
  },
  "T-Bank": async (seed) => {
    const { fault, init } = await startTBank();
    await fault({ kind: "refuse", method: "Init", probability: 0.5, seed });
    return async () => (await init()).Success;
  },
  Telegram: async (seed) => {
    const { fault, call, person } = await startTelegram();
    await person(1).say("/start");
    await fault({ kind: "500", method: "sendMessage", probability: 0.5, seed });
    return async () => (await call("sendMessage", { chat_id: 1, text: "x" })).ok;
  },
};

test.each(Object.entries(emulators))("%s: the same seed hits the same calls", async (_, start) => {
  const play = async (seed: number) => {
    const call = await start(seed);
    const outcomes: boolean[] = [];
    for (let n = 0; n < 20; n += 1) outcomes.push(await call());
    return outcomes;
  };
  const first = await play(7);
  expect(await play(7)).toEqual(first);
  expect(new Set(first)).toEqual(new Set([true, false]));
  expect(await play(8)).not.toEqual(first);
});
