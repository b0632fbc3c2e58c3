// Measures the time from an approval to the config in the chat, over many signups.
//   npm start            in one terminal, and wait until it is up
//   npm run bench:signup in another        (EMULATOR_URL and SIGNUPS change its defaults)
// Requests reach the admin's chat as fast as Telegram allows for one chat: that is not measured.
import { parseArgs } from "node:util";
import { Person } from "../test/drivers/person.ts";
import { ObservedPerson } from "./observed-person.ts";
import { quantile } from "./payments/figures.ts";

const { values } = parseArgs({
  options: {
    emulator: { type: "string", default: process.env["EMULATOR_URL"] ?? "http://127.0.0.1:8081" },
    signups: { type: "string", default: process.env["SIGNUPS"] ?? "100" },
    admin: { type: "string", default: "1001" },
  },
});

const signups = Number(values.signups);
const admin = new Person(values.emulator, Number(values.admin));
const firstId = 2_000_000 + Math.floor(Math.random() * 1_000_000_000);

async function measureSignup(id: number): Promise<number> {
  const person = await ObservedPerson.open(values.emulator, id);
  await person.askForAccess();
  const { messageId, data } = await admin.button(
    new RegExp(`^decide:signup:${id}:\\w+:approve$`, "u"),
  );
  const arrivedAt = person.waitForMessageTime(({ document }) => document !== undefined);
  const pressedMs = performance.now();
  await admin.press(messageId, data);
  const tookMs = (await arrivedAt) - pressedMs;
  person.close();
  return tookMs;
}

const took: number[] = [];
for (let n = 0; n < signups; n += 1) {
  took.push(await measureSignup(firstId + n));
}
const ms = (share: number) => Math.round(quantile(took, share));
console.log(`approve → config in chat, ${signups} signups one after another:`);
console.log(`p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms, longest ${ms(1)} ms`);
