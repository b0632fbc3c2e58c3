import { deflateSync } from "node:zlib";
import { type Routing, routesOf } from "../../../domain/access/routes.ts";
import { splitEndpoint } from "../endpoint.ts";
import type { TunnelCredentials } from "../port.ts";
import { type AmneziaWgParameters, headerText, isOfFirstGeneration } from "./parameters.ts";
import { withHostMask } from "./device.ts";
import { type Endpoint, endpointFor } from "./endpoint.ts";
import { addressesOf, type Tunnel } from "./tunnel.ts";

/** A device's access, as its client app shows it. */
export interface ClientAccess {
  readonly label: string;
  readonly tunnel: Tunnel;
}

/** What a client has to know about its host. */
export interface ClientSide extends Routing, Endpoint {
  /** The host's public key. */
  readonly publicKey: string;
  /** Addresses of name servers, of both families. */
  readonly dns: readonly string[];
  /** Bytes. */
  readonly mtu: number;
  readonly parameters: AmneziaWgParameters;
}

const keepaliveSeconds = 25;

/**
 * The files and texts with which client apps connect. Pure: the same access and host give the same
 * text. Formats: the `.conf` of amneziawg-tools (src/config.c); the `vpn://` key of AmneziaVPN,
 * which is JSON packed like Qt's qCompress (big-endian length, then zlib)
 * in base64url without padding.
 */
export function clientCredentials(host: ClientSide, access: ClientAccess): TunnelCredentials {
  const conf = confText(host, access);
  const name = fileStem(access.label);
  return {
    kind: "wireguard",
    fileName: `${name}.conf`,
    conf,
    qrText: conf,
    importLink: `vpn://${qCompress(JSON.stringify(amneziaDocument(host, access, conf)))}`,
  };
}

/**
 * The parameters that both documents spell the same way. Apps refuse a file without Jc, Jmin and
 * Jmax, or with an empty I; apps of 1.x refuse S3 and S4, whatever their value.
 */
function parameterEntries(parameters: AmneziaWgParameters): [name: string, value: string][] {
  const { jc, jmin, jmax, s1, s2, s3, s4, h1, h2, h3, h4, i } = parameters;
  const second = isOfFirstGeneration(parameters) ? {} : { S3: s3, S4: s4 };
  const numbers = { Jc: jc, Jmin: jmin, Jmax: jmax, S1: s1, S2: s2, ...second };
  const headers = { H1: h1, H2: h2, H3: h3, H4: h4 };
  return [
    ...Object.entries(numbers).map(([name, value]): [string, string] => [name, `${value}`]),
    ...Object.entries(headers).map(([name, range]): [string, string] => [name, headerText(range)]),
    ...i.map((packet, index): [string, string] => [`I${index + 1}`, packet]),
  ];
}

const lines = (entries: string[][]): string => entries.map((entry) => entry.join(" = ")).join("\n");

function confText(host: ClientSide, { tunnel }: ClientAccess): string {
  const device = [
    ["PrivateKey", tunnel.privateKey],
    ["Address", ownAddresses(tunnel)],
    // AmneziaVPN reads this line only with a comma and a space between the servers,
    // and of them the first two of IPv4.
    ...(host.dns.length > 0 ? [["DNS", nameServers(host).join(", ")]] : []),
    ["MTU", `${host.mtu}`],
    ...parameterEntries(host.parameters),
  ];
  const peer = [
    ["PublicKey", host.publicKey],
    ["PresharedKey", tunnel.presharedKey],
    ["AllowedIPs", routesOf(host).join(", ")],
    ["Endpoint", endpointFor(host, tunnel.publicKey)],
    ["PersistentKeepalive", `${keepaliveSeconds}`],
  ];
  return `[Interface]\n${lines(device)}\n\n[Peer]\n${lines(peer)}\n`;
}

/** What a device has inside the tunnel, in the form of the `.conf`. */
const ownAddresses = (tunnel: Tunnel): string => addressesOf(tunnel).map(withHostMask).join(", ");

/** Those of IPv4 come first. */
const nameServers = ({ dns }: ClientSide): readonly string[] =>
  dns.toSorted((a, b) => Number(a.includes(":")) - Number(b.includes(":")));

function amneziaDocument(host: ClientSide, access: ClientAccess, conf: string): object {
  const { tunnel } = access;
  const { hostName, port } = splitEndpoint(endpointFor(host, tunnel.publicKey));
  const lastConfig = {
    config: conf,
    hostName,
    port,
    client_priv_key: tunnel.privateKey,
    // As the app itself fills it in from a file: the line of all addresses.
    client_ip: ownAddresses(tunnel),
    psk_key: tunnel.presharedKey,
    server_pub_key: host.publicKey,
    mtu: `${host.mtu}`,
    persistent_keep_alive: `${keepaliveSeconds}`,
    allowed_ips: routesOf(host),
    ...Object.fromEntries(parameterEntries(host.parameters)),
  };
  const awg = {
    isThirdPartyConfig: true,
    port: `${port}`,
    transport_proto: "udp",
    ...protocolVersion(host.parameters),
    last_config: JSON.stringify(lastConfig),
  };
  const [dns1, dns2] = nameServers(host).filter((server) => !server.includes(":"));
  return {
    containers: [{ container: "amnezia-awg", awg }],
    defaultContainer: "amnezia-awg",
    description: displayName(access.label),
    ...(dns1 === undefined ? {} : { dns1, dns2: dns2 ?? dns1 }),
    hostName,
  };
}

/** The protocol's version in AmneziaVPN's words; it writes none for 1.0. */
function protocolVersion(parameters: AmneziaWgParameters): { protocol_version?: string } {
  if (!isOfFirstGeneration(parameters)) return { protocol_version: "2" };
  return parameters.i.length > 0 ? { protocol_version: "1.5" } : {};
}

function qCompress(text: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, deflateSync(text, { level: 8 })]).toString("base64url");
}

/**
 * The label that a person typed, without line breaks,
 * control characters and bidirectional overrides.
 */
function displayName(label: string): string {
  const visible = label.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  return Array.from(visible).slice(0, 40).join("") || "Tollgate";
}

/**
 * The apps name a tunnel after its file: at most 15 ASCII letters, digits and `_=+.-`, as for a
 * network interface. Cyrillic is transliterated;
 * other scripts leave nothing, and then the name is `vpn`.
 */
function fileStem(label: string): string {
  const latin = Array.from(label.normalize("NFC"), inLatin).join("");
  const ascii = latin.normalize("NFKD").replace(/\p{M}/gu, "");
  const stem = ascii.replace(/[^\w=+.-]+/gu, "-").replace(/^[-.]+/u, "");
  const name = cut(stem);
  return (isReserved(name) ? cut(`vpn-${name}`) : name) || "vpn";
}

const cut = (stem: string): string => stem.slice(0, 15).replace(/[-.]+$/u, "");

/** Names that Windows reserves for devices, also with an extension: it cannot save such a file. */
const isReserved = (stem: string): boolean =>
  /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu.test(stem);

/** Cyrillic а to я in passport transliteration (ICAO 9303); ё is handled apart. */
const cyrillic = "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y  e iu ia".split(
  " ",
);

function inLatin(letter: string): string {
  const small = letter.toLowerCase();
  const latin = small === "ё" ? "e" : cyrillic[(small.codePointAt(0) ?? 0) - 0x430];
  if (latin === undefined) return letter;
  return small === letter ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
}
