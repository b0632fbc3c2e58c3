import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CliDevice } from "../../../gateways/hosts/amneziawg/cli-device.ts";
import { generateKeyPair, generatePresharedKey } from "../../../gateways/hosts/amneziawg/keys.ts";
import { Refused } from "../../../gateways/refused.ts";

/**
 * A tool that prints what it is told, as `src/show.c` of each of its versions does. The interface
 * is the loopback, which every machine has.
 */
let folder: string;
let place: { type: "cli"; tool: string; interface: string; enter: string[] };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-dump-"));
  const tool = join(folder, "awg");
  const script = [
    'echo "$*" >>"$0.calls"',
    'case "$1" in show) cat "$0.dump" ;; addconf) cat "$3" >"$0.conf" ;; esac',
  ];
  writeFileSync(tool, `#!/bin/sh\n${script.join("\n")}\n`);
  chmodSync(tool, 0o755);
  place = { type: "cli", tool, interface: "lo", enter: [] };
});
afterAll(() => rmSync(folder, { recursive: true }));

const show = (lines: readonly (readonly string[])[]): void =>
  writeFileSync(`${place.tool}.dump`, lines.map((line) => `${line.join("\t")}\n`).join(""));

const { privateKey, publicKey } = generateKeyPair();
const keys = [privateKey, publicKey, "51820"];
const first = ["4", "10", "50", "15", "16", "11", "12", "13", "14"];
const second = ["4", "10", "50", "15", "16", "17", "18", "11-12", "13", "14", "15-19"];
const imitations = ["<b 0x00><r 2>", "(null)", "(null)", "(null)", "(null)"];
const third = ["(none)", "0", "0", "0", "0", "0", "0"];

/** The interface's line of each generation of the tools, by its number of columns. */
const interfaceLines: Readonly<Record<number, readonly string[]>> = {
  4: [...keys, "off"],
  13: [...keys, ...first, "off"],
  20: [...keys, ...second, ...imitations, "0x1f"],
  27: [...keys, ...second, ...imitations, ...third, "off"],
  29: [...keys, ...second, ...imitations, ...third, "on", "off", "off"],
};

const secondHeader = (columns: number) =>
  columns === 4 ? undefined : columns === 13 ? "12" : "13";

const anyText: unknown = expect.any(String);

const peerLine = fc.record({
  hasKey: fc.boolean(),
  endpoint: fc.constantFrom("(none)", "192.0.2.7:4500", "[2001:db8::7]:51820"),
  ranges: fc.constantFrom("(none)", "10.8.0.2/32", "10.8.0.2/32,fd00::2/128", "10.9.0.0/16"),
  counters: fc.tuple(fc.nat(2_000_000_000), fc.maxSafeNat(), fc.maxSafeNat()),
  keepalive: fc.constantFrom("off", "25", "25-35"),
});

test.each(Object.keys(interfaceLines).map(Number))(
  "a dump whose interface has %i columns is read whole",
  async (columns) => {
    const line = interfaceLines[columns]!;
    expect(line).toHaveLength(columns);
    await fc.assert(
      fc.asyncProperty(fc.array(peerLine, { maxLength: 4 }), async (drawn) => {
        const peers = drawn.map((peer) => ({ ...peer, ...generateKeyPair() }));
        const lines = peers.map((peer) => [
          peer.publicKey,
          peer.hasKey ? generatePresharedKey() : "(none)",
          peer.endpoint,
          peer.ranges,
          ...peer.counters.map(String),
          peer.keepalive,
        ]);
        show([line, ...lines]);
        const state = await new CliDevice(place).read();
        expect(state.publicKey).toBe(publicKey);
        expect(state.peers).toEqual(
          peers.map(({ hasKey, ranges, counters, ...peer }) => ({
            publicKey: peer.publicKey,
            presharedKey: hasKey ? anyText : undefined,
            presharedHash: hasKey ? anyText : undefined,
            addresses: ranges === "(none)" ? [] : ranges.replace(/\/(?:32|128)/gu, "").split(","),
            handshakeS: counters[0],
            receivedBytes: counters[1],
            sentBytes: counters[2],
          })),
        );
      }),
      { numRuns: 12 },
    );
    show([line]);
    const { parameters, listenPort } = await new CliDevice(place).inspect();
    expect(listenPort).toBe(51_820);
    const names = [...parameters.keys()].filter((name) => /^[sh]/u.test(name));
    expect(names).toHaveLength(columns === 4 ? 0 : columns === 13 ? 6 : 8);
    expect(parameters.get("h2")).toBe(secondHeader(columns));
  },
);

test("headers that were never set are not compared", async () => {
  const unset = second.map((value, index) => (index < 7 ? value : "(null)"));
  show([[...keys, ...unset, ...imitations, "off"]]);
  const { parameters } = await new CliDevice(place).inspect();
  expect([...parameters.keys()]).toEqual(["jc", "jmin", "jmax", "s1", "s2", "s3", "s4"]);
});

const idlePeer = () => [generateKeyPair().publicKey, "(none)", "(none)", "10.8.0.2/32"];

test("a dump that ends too early is an outage, wherever it ends, and never a lost peer", async () => {
  const lines = [
    interfaceLines[20]!,
    ...[1, 2, 3].map(() => [...idlePeer(), "0", "5", "7", "off"]),
  ];
  show(lines);
  const { peers } = await new CliDevice(place).read();
  expect(peers).toHaveLength(3);
  const whole = readFileSync(`${place.tool}.dump`, "utf8");
  const cutter = join(folder, "cutter");
  // A connection that breaks hands on what it had, and its program may call that a success.
  writeFileSync(cutter, '#!/bin/sh\nlimit="$1"; shift\n"$@" | head -c "$limit"\n', { mode: 0o755 });
  const head = 37 + 20;
  const cuts = [head, head + 40, head + whole.indexOf("\n") + 20, head + whole.length - 4];
  for (const cut of cuts) {
    const enter = [cutter, String(cut)];
    const error: unknown = await new CliDevice({ ...place, enter }).read().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
  }
});

test("many peers are put, and removed, by one call of the tool", async () => {
  const device = new CliDevice(place);
  const calls = () => {
    const made = readFileSync(`${place.tool}.calls`, "utf8").trimEnd().split("\n");
    writeFileSync(`${place.tool}.calls`, "");
    return made;
  };
  const peers = Array.from({ length: 500 }, (_, index) => ({
    publicKey: generateKeyPair().publicKey,
    presharedKey: generatePresharedKey(),
    addresses: [`10.8.${index >> 8}.${index & 255}`, `fd00::${(index + 1).toString(16)}`],
  }));
  writeFileSync(`${place.tool}.calls`, "");
  await device.put(peers);
  expect(calls()).toEqual(["addconf lo /dev/stdin"]);
  const conf = readFileSync(`${place.tool}.conf`, "utf8");
  expect(conf.match(/^\[Peer\]$/gmu)).toHaveLength(500);
  expect(conf).toContain("AllowedIPs = 10.8.1.243/32, fd00::1f4/128\n");
  await device.remove(peers.map(({ publicKey: key }) => key));
  const [removal, ...more] = calls();
  expect(more).toEqual([]);
  expect(removal?.match(/ remove/gu)).toHaveLength(500);
});
