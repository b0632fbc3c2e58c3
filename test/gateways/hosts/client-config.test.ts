import { inflateSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readConf } from "../../../emulators/vpn-client/conf.ts";
import { clientCredentials } from "../../../gateways/hosts/amneziawg/client-config.ts";
import { aDualAccess, anAccess as applied, tunnel } from "./accesses.ts";
import { memoryHostSettings } from "./host-settings.ts";

const host = memoryHostSettings();

const anAccess = (index: number, label = "phone") => {
  return { label, tunnel: tunnel(applied(index)) };
};

function unpack(
  importLink: string,
): { containers: { awg: Record<string, unknown> }[] } & Record<string, unknown> {
  const packed = Buffer.from(importLink.replace("vpn://", ""), "base64url");
  const text = inflateSync(packed.subarray(4)).toString("utf8");
  expect(packed.readUInt32BE()).toBe(Buffer.byteLength(text));
  return JSON.parse(text);
}

test("the .conf always has Jc, Jmin and Jmax, and has no empty value", () => {
  const { conf } = clientCredentials(
    { ...host, parameters: { ...host.parameters, i: [] } },
    anAccess(0),
  );
  for (const name of ["Jc", "Jmin", "Jmax", "S1", "S4", "H1", "H4"]) {
    expect(conf).toMatch(new RegExp(`^${name} = \\S+$`, "mu"));
  }
  expect(conf).not.toMatch(/^I\d/mu);
  expect(conf).not.toMatch(/ = *$/mu);
});

test("DNS servers stand in one line, and where there are none the line is left out", () => {
  expect(clientCredentials(host, anAccess(0)).conf).toContain("\nDNS = 1.1.1.1, 1.0.0.1\n");
  expect(clientCredentials({ ...host, dns: [] }, anAccess(0)).conf).not.toContain("DNS");
});

test("a client that knows nothing of Tollgate reads the .conf", () => {
  const phone = anAccess(3);
  const read = readConf(clientCredentials(host, phone).conf);
  expect(read).toMatchObject({
    address: phone.tunnel.address,
    mtu: 1_376,
    endpoint: { host: "vpn.example", port: 51_820 },
    hostAddress: "10.8.0.1",
  });
  expect(read.interfaceLines).toHaveLength(1 + 3 + 4 + 4 + 1);
});

test("the import key unpacks to the same file, as an AmneziaWG 2.0 container", () => {
  const phone = anAccess(0, "Телефон Анны");
  const { conf, importLink } = clientCredentials(host, phone);
  const document = unpack(importLink);
  expect(document).toMatchObject({
    defaultContainer: "amnezia-awg",
    description: "Телефон Анны",
    dns1: "1.1.1.1",
    dns2: "1.0.0.1",
    hostName: "vpn.example",
  });
  const awg = document.containers[0]?.awg;
  expect(awg).toMatchObject({ port: "51820", protocol_version: "2", isThirdPartyConfig: true });
  expect(JSON.parse(String(awg?.["last_config"]))).toMatchObject({
    config: conf,
    port: 51_820,
    client_priv_key: phone.tunnel.privateKey,
    psk_key: phone.tunnel.presharedKey,
    server_pub_key: host.publicKey,
    client_ip: `${phone.tunnel.address}/32`,
    mtu: "1376",
    Jc: `${host.parameters.jc}`,
    H1: `${host.parameters.h1.low}-${host.parameters.h1.high}`,
    I1: host.parameters.i[0],
  });
});

test("an IPv6 endpoint loses its brackets in the import key, and keeps them in the file", () => {
  const given = clientCredentials({ ...host, endpoint: "[2001:db8::1]:443" }, anAccess(0));
  expect(given.conf).toContain("Endpoint = [2001:db8::1]:443\n");
  expect(unpack(given.importLink)).toMatchObject({ hostName: "2001:db8::1" });
});

test("whatever a device is called, its file has a safe name that a tunnel may have", () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "grapheme" })), (label) => {
      const { fileName, conf } = clientCredentials(host, { ...anAccess(0), label });
      expect(fileName).toMatch(/^[A-Za-z0-9_=+][A-Za-z0-9_=+.-]{0,14}\.conf$/u);
      expect(fileName).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\./iu);
      expect(conf.split("\n")).toHaveLength(25);
    }),
  ));

test.each([
  ["Anna's phone", "Anna-s-phone.conf"],
  ["Café", "Cafe.conf"],
  ["../../etc/passwd", "etc-passwd.conf"],
  ["Ноутбук", "Noutbuk.conf"],
  ["Устройство 1", "Ustroistvo-1.conf"],
  ["Щука Ёж", "Shchuka-Ezh.conf"],
  ["电脑", "vpn.conf"],
  ["", "vpn.conf"],
  ["CON", "vpn-CON.conf"],
  ["nul.old", "vpn-nul.old.conf"],
  ["Aux.", "vpn-Aux.conf"],
  ["prn  . .", "vpn-prn.conf"],
  ["com1", "vpn-com1.conf"],
  ["LPT9.tar.gz.more", "vpn-LPT9.tar.gz.conf"],
  ["Com¹", "vpn-Com1.conf"],
  ["con------------x", "vpn-con.conf"],
  ["console", "console.conf"],
  ["com10", "com10.conf"],
  ["con-1", "con-1.conf"],
  ["phone . ", "phone.conf"],
])("%s is saved as %s", (label, fileName) => {
  expect(clientCredentials(host, { ...anAccess(0), label }).fileName).toBe(fileName);
});

test("the QR text stays small enough for a phone's camera", () => {
  expect(Buffer.byteLength(clientCredentials(host, anAccess(0)).qrText)).toBeLessThan(1_024);
});

const single = (value: number) => ({ low: value, high: value });

test("a host of 1.x gives files that its own clients read: without S3, S4 and ranges", () => {
  const headers = { h1: single(11), h2: single(12), h3: single(13), h4: single(14) };
  const parameters = { ...host.parameters, ...headers, s3: 0, s4: 0, i: [] };
  const given = clientCredentials({ ...host, parameters }, anAccess(0));
  expect(given.conf).toMatch(/^S2 = \d+\nH1 = 11\nH2 = 12\nH3 = 13\nH4 = 14\n\n\[Peer\]/mu);
  expect(unpack(given.importLink).containers[0]?.awg).not.toHaveProperty("protocol_version");
  const later = clientCredentials(
    { ...host, parameters: { ...parameters, i: ["<t>"] } },
    anAccess(0),
  );
  expect(unpack(later.importLink).containers[0]?.awg).toMatchObject({ protocol_version: "1.5" });
});

const everything = ["0.0.0.0/0", "::/0"];
const valueOf = (conf: string, name: string) =>
  new RegExp(`^${name} = (.*)$`, "mu").exec(conf)?.[1];

test("a device of both families has both addresses and both default routes, in file and import key", () => {
  const phone = { label: "phone", tunnel: tunnel(aDualAccess(3)) };
  const given = clientCredentials({ ...host, allowedIps: everything }, phone);
  expect(valueOf(given.conf, "Address")).toBe("10.8.0.5/32, fd0c:7e4a:9b31::5/128");
  expect(valueOf(given.conf, "AllowedIPs")).toBe("0.0.0.0/0, ::/0");
  const awg = unpack(given.importLink).containers[0]?.awg;
  expect(JSON.parse(String(awg?.["last_config"]))).toMatchObject({
    client_ip: "10.8.0.5/32, fd0c:7e4a:9b31::5/128",
    allowed_ips: everything,
  });
});

test("a device without IPv6 sends all of its IPv6 into the tunnel, whatever of IPv4 is excluded", () => {
  const routing = { allowedIps: everything, excludedIps: ["192.168.0.0/16", "10.0.0.0/8"] };
  const { conf } = clientCredentials({ ...host, ...routing }, anAccess(0));
  expect(valueOf(conf, "Address")).not.toContain(":");
  const routes = valueOf(conf, "AllowedIPs")?.split(", ");
  expect(routes).toContain("::/0");
  expect(routes).toContain("11.0.0.0/8");
  expect(routes).not.toContain("10.0.0.0/8");
});

test("name servers of IPv4 come first, as AmneziaVPN reads them", () => {
  const dns = ["2606:4700:4700::1111", "1.1.1.1", "9.9.9.9", "fd00::53", "8.8.8.8"];
  const given = clientCredentials({ ...host, dns }, anAccess(0));
  expect(valueOf(given.conf, "DNS")).toBe(
    "1.1.1.1, 9.9.9.9, 8.8.8.8, 2606:4700:4700::1111, fd00::53",
  );
  expect(unpack(given.importLink)).toMatchObject({ dns1: "1.1.1.1", dns2: "9.9.9.9" });
  const six = clientCredentials({ ...host, dns: ["fd00::53"] }, anAccess(0));
  expect(unpack(six.importLink)).not.toHaveProperty("dns1");
});

test("of a range of ports each device has always the same one, and together they have them all", () => {
  const ranged = { ...host, endpointPorts: { first: 20_000, last: 20_003 } };
  const ports = Array.from({ length: 80 }, (_, index) => {
    const phone = anAccess(index);
    const given = clientCredentials(ranged, phone);
    const port = Number(valueOf(given.conf, "Endpoint")?.replace("vpn.example:", ""));
    expect(clientCredentials(ranged, { ...phone, label: "new name" }).conf).toBe(given.conf);
    const awg = unpack(given.importLink).containers[0]?.awg;
    expect(awg).toMatchObject({ port: `${port}` });
    expect(JSON.parse(String(awg?.["last_config"]))).toMatchObject({ port });
    return port;
  });
  expect(new Set(ports)).toEqual(new Set([20_000, 20_001, 20_002, 20_003]));
});
