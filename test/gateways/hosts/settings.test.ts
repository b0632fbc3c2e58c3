import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  generateKeyPair,
  generatePresharedKey,
  isKey,
  publicKeyOf,
} from "../../../gateways/hosts/amneziawg/keys.ts";
import { hostSettings } from "../../../gateways/hosts/registry.ts";
import { amneziaWgHostSettings, memoryHostSettings } from "./host-settings.ts";
import { missing } from "./requirements.ts";

const cli = { type: "cli" as const, tool: "awg", interface: "awg0", enter: [] };
const sound = amneziaWgHostSettings({ via: cli, endpoint: "vpn.example:51820" });

test("valid settings survive the database", () => {
  const more = { endpointPorts: "20000-29999", excludedIps: ["192.168.0.0/16"] };
  const wide = hostSettings.parse({ ...sound, ...more, dns: ["1.1.1.1", "2606:4700:4700::1111"] });
  for (const settings of [sound, wide, memoryHostSettings()]) {
    expect(hostSettings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  }
});

test.each([
  [
    "an interface owned over a command line",
    { owned: { privateKey: generateKeyPair().privateKey, listenPort: 1 } },
    "UAPI",
  ],
  [
    "a character special to a shell in a tool",
    { via: { ...cli, tool: "awg;reboot" } },
    "no spaces, quotes",
  ],
  ["an option for a tool", { via: { ...cli, tool: "-x" } }, "no spaces, quotes"],
  ["a quote on the way in", { via: { ...cli, enter: ["docker", "exec '"] } }, "enter"],
  [
    "an interface's name that is too long",
    { via: { ...cli, interface: "a".repeat(16) } },
    "1 to 15",
  ],
  ["a network with host bits", { network: "10.8.0.1/24" }, "10.8.0.0/24"],
  ["a network without room", { network: "10.8.0.0/31", serverAddress: "10.8.0.0" }, "/8 to /30"],
  ["a server outside its network", { serverAddress: "10.9.0.1" }, "first address"],
  ["parameters that lose packets", { parameters: { ...sound.parameters, jmin: 99 } }, "panic"],
  [
    "packets that no line carries",
    { mtu: 1_420, parameters: { ...sound.parameters, s4: 21 } },
    "at most 1419",
  ],
  ["an endpoint without a port", { endpoint: "vpn.example" }, "51820"],
  ["an IPv6 network without its first address", { network6: "fd00::1/64" }, "fd0c:7e4a:9b31::/64"],
  ["an IPv6 network of link-local addresses", { network6: "fe80::/64" }, "fd0c:7e4a:9b31::/64"],
  [
    "an IPv6 network with too few addresses",
    { network: "10.0.0.0/15", serverAddress: "10.0.0.1", network6: "fd00::/112" },
    "fewer addresses than 10.0.0.0/15",
  ],
  ["an IPv6 name server without IPv6", { network6: undefined, dns: ["fd00::53"] }, "network6"],
  ["too many name servers", { dns: Array<string>(9).fill("1.1.1.1") }, "at most 8"],
  ["a range of ports that ends before it begins", { endpointPorts: "300-200" }, "20000-29999"],
  ["a range with an invalid port", { endpointPorts: "300-70000" }, "20000-29999"],
  ["exclusions that leave nothing", { excludedIps: ["0.0.0.0/0", "::/0"] }, "leaves nothing"],
  ["an exclusion that is not a network", { excludedIps: ["10.0.0.1; reboot"] }, "excludedIps"],
  ["a line break in a server for names", { dns: ["1.1.1.1\nPostUp = x"] }, "1.1.1.1"],
  ["an unknown word", { surprise: 1 }, "surprise"],
])("refused in words: %s", (_what, broken, words) => {
  const { error } = hostSettings.safeParse({ ...sound, ...broken });
  expect(error?.message).toContain(words);
});

test("a public key belongs to its private key, and both have one form", () => {
  const { privateKey, publicKey } = generateKeyPair();
  expect(publicKeyOf(privateKey)).toBe(publicKey);
  expect([privateKey, publicKey, generatePresharedKey()].every(isKey)).toBe(true);
  expect(() => publicKeyOf("secret")).toThrow(/^((?!secret).)*$/u);
});

test("an invalid key is reported, however close it is", () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 40 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      expect(isKey(text)).toBe(bytes.length === 32);
      expect(isKey(`${text}\n`)).toBe(false);
    }),
  ));

test.skipIf(missing("wg") !== "")("public keys are those that wg makes", () => {
  for (let time = 0; time < 5; time++) {
    const { privateKey, publicKey } = generateKeyPair();
    expect(execFileSync("wg", ["pubkey"], { input: privateKey, encoding: "utf8" }).trim()).toBe(
      publicKey,
    );
  }
});
