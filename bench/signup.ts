// Approve → config in the chat, over many signups on a running product.
//   npm start            in one terminal, and wait until it is up
//   npm run bench:signup in another        (EMULATOR_URL and SIGNUPS change its defaults)
// Questions come to the admin's chat as fast as Telegram lets one chat be written to: that is not measured.
import { parseArgs } from "node:util";
import { Person } from "../test/support/person.ts";

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

/** Resolves with the moment, as this process sees it, when the chat's event stream brings a `.conf`. */
async function confArrives(person: Person, stop: AbortSignal): Promise<number> {
  const response = await fetch(`${values.emulator}/person/${person.id}/chat/events`, {
    signal: stop,
  });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk, { stream: true });
    if (/event: message[^]*"document"/u.test(text)) return performance.now();
  }
  throw new Error("the stream ended before a .conf came");
}

async function oneSignup(id: number): Promise<number> {
  const person = new Person(values.emulator, id);
  await person.asksForAccess();
  const { messageId, data } = await admin.button(
    new RegExp(`^decide:signup:${id}:\\w+:approve$`, "u"),
  );
  const stop = new AbortController();
  const arrival = confArrives(person, stop.signal);
  const pressed = performance.now();
  await admin.press(messageId, data);
  const tookMs = (await arrival) - pressed;
  stop.abort();
  return tookMs;
}

const patience = setTimeout(() => {
  console.error("the product did not answer for two minutes: is npm start up?");
  process.exit(1);
}, 120_000).unref();

const took: number[] = [];
for (let n = 0; n < signups; n += 1) {
  took.push(await oneSignup(firstId + n));
  patience.refresh();
}
const sorted = took.toSorted((a, b) => a - b);
const quantile = (q: number) => Math.round(sorted[Math.ceil(q * sorted.length) - 1] ?? 0);
console.log(`approve → config in chat, ${signups} signups one after another:`);
console.log(`p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, longest ${quantile(1)} ms`);
