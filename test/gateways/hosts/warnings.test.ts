import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  hostSettings,
  hostWarnings,
  type TunnelSettings,
} from "../../../gateways/hosts/registry.ts";
import { memoryHostSettings } from "./host-settings.ts";

const all = ["0.0.0.0/0", "::/0"];
/** The settings of a tunnel. */
const tunnelSettings = (given: unknown) => hostSettings.parse(given) as TunnelSettings;
const host = { ...memoryHostSettings(), allowedIps: all };

test("good settings give no warning, nor does the example", () => {
  expect(hostWarnings(host)).toEqual([]);
  const example = new URL("../../../hosts.example.json", import.meta.url);
  const hosts = JSON.parse(readFileSync(example, "utf8")) as { settings: unknown }[];
  for (const { settings } of hosts) {
    const read = tunnelSettings(settings);
    expect(hostWarnings(read)).toEqual([]);
    expect(read.allowedIps).toEqual(all);
    expect(read.dns).not.toEqual([]);
  }
});

test("traffic that bypasses the tunnel gives a warning", () => {
  const lacking = { ...host, allowedIps: ["0.0.0.0/0"], dns: [] };
  expect(hostWarnings(lacking)).toEqual([
    expect.stringMatching(/IPv6 traffic goes past the tunnel/u),
    expect.stringMatching(/name look-ups go to their own provider/u),
  ]);
  // A host that carries a single network takes nobody's IPv6.
  expect(hostWarnings({ ...host, allowedIps: ["10.8.0.0/24"] })).toEqual([]);
});

const warned = (more: object) => hostWarnings(tunnelSettings({ ...host, ...more }));

test("exclusions that let look-ups or all of IPv6 past the tunnel give a warning", () => {
  expect(warned({ excludedIps: ["192.168.0.0/16", "fe80::/10"] })).toEqual([]);
  expect(warned({ excludedIps: ["1.1.1.0/24"] })).toEqual([
    "1.1.1.1 answers name look-ups, and excludedIps has it",
  ]);
  expect(warned({ excludedIps: ["::/0"] })).toEqual([
    expect.stringMatching(/IPv6 traffic goes past the tunnel/u),
  ]);
  const many = Array.from({ length: 90 }, (_, index) => `172.${index}.1.0/24`);
  expect(warned({ excludedIps: many })).toEqual([expect.stringMatching(/too long for a QR/u)]);
});

const one = (value: number) => ({ low: value, high: value });
const singles = { h1: 1809240062, h2: 1493657225, h3: 1827500563, h4: 1514704561 };

const read = (parameters: object) => tunnelSettings({ ...host, parameters }).parameters;

test("an interface of 1.0 or 1.5 is accepted as its file has it", () => {
  const first = { jc: 5, jmin: 49, jmax: 998, s1: 17, s2: 110, ...singles };
  const later = { ...first, i: ["<r 2><b 0xab>"], j1: "<b 0x01>", itime: 60 };
  const headers = { h1: one(1809240062), h2: one(1493657225), h3: one(1827500563) };
  const rest = { h4: one(1514704561), s3: 0, s4: 0, i: [] };
  expect(read(first)).toEqual({ ...first, ...headers, ...rest });
  expect(read(later)).toEqual({ ...read(first), i: later.i });
  expect(read({ ...first, h1: "13-37", h2: "38" })).toMatchObject({
    h1: { low: 13, high: 37 },
    h2: one(38),
  });
  expect(() => read({ ...first, h1: "13-" })).toThrow(/h1/u);
  expect(() => read({ ...first, surprise: 1 })).toThrow(/surprise/u);
});
