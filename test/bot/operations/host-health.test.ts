import { afterAll, beforeAll, expect, test } from "vitest";
import { workerSource } from "../../../domain/access/host-health.ts";
import { languages } from "../../../domain/people/customer.ts";
import { reachFromHere } from "../../../gateways/hosts/probes/reach.ts";
import { probesOf } from "../../../gateways/hosts/probes/settings.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { Listener } from "../../drivers/listener.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, shown } from "../people.ts";

let listener: Listener;
beforeAll(async () => {
  listener = await Listener.open();
});
afterAll(() => listener.close());

const app = useTestApp({
  host: (real) => Object.assign(real, { prepareProbes: async () => probesOf([listener.place]) }),
  hostProbing: { sources: [{ name: workerSource, reach: reachFromHere }], everyMs: 50 },
});

const countOf = async (person: Person, words: string): Promise<number> =>
  (await person.chat()).filter(({ text }) => text?.includes(shown(words))).length;

/** Waits until a person has had this message so often. */
const hasHad = (person: Person, words: string, times: number) =>
  eventually(async () => expect(await countOf(person, words)).toBe(times));

const beginningOf = (words: string) => words.slice(0, words.indexOf(":"));

test.each(languages)(
  "customers of a sick host are told once, and once when it is well; an admin sees what is wrong (%s)",
  async (language) => {
    const { operations } = textsIn(language);
    const { host } = textsIn("en").access;
    const admin = await adminSpeaking(app, language);
    const bob = await app.customer();
    await listener.close();
    await hasHad(bob, host.sick, 1);
    const notice = beginningOf(operations.notice.hostSick("one", "x"));
    await eventually(async () => expect(await countOf(admin, notice)).toBeGreaterThan(0));
    await admin.send("/admin");
    await admin.pressButton(/^hosts$/u);
    await admin.pressButton(new RegExp(`^host:${app.hostId}$`, "u"));
    const seen = operations.hosts.probe.sick(workerSource, `tcp ${listener.place}`);
    await eventually(async () => expect(await countOf(admin, seen)).toBeGreaterThan(0));
    await eventually(async () =>
      expect(await countOf(admin, operations.hosts.sick(""))).toBeGreaterThan(0),
    );
    await listener.reopen();
    await hasHad(bob, host.well, 1);
    expect(await countOf(bob, host.sick)).toBe(1);
  },
);
