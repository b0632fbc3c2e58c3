import * as z from "zod";
import {
  isAddress,
  isDeviceAddress,
  isNetwork,
  isNetwork6,
  isWideEnough,
  serverAddressOf,
} from "../../../domain/access/address-pool.ts";
import { readIp } from "../../../domain/access/ip.ts";
import { isRouted, routesOf } from "../../../domain/access/routes.ts";
import { probePlaces } from "../probes/settings.ts";
import { isKey } from "./keys.ts";
import { type AmneziaWgParameters, violations, warnings } from "./parameters.ts";

const key = z.string().refine(isKey, "a key is the base64 of 32 bytes");
const port = z.int().min(1).max(65_535);

/** `{low, high}`, the single value of 1.x, or a range as configuration files write it: `13-37`. */
const header = z.union([
  z.strictObject({ low: z.int(), high: z.int() }),
  z.int().transform((value) => ({ low: value, high: value })),
  z
    .string()
    .regex(/^\d{1,10}(?:-\d{1,10})?$/u, "looks like 13 or 13-37")
    .transform((text) => {
      const [low = "", high = low] = text.split("-");
      return { low: Number(low), high: Number(high) };
    }),
]);

/**
 * Junk of 1.5, each side's own, which clients of 2.0 refuse to read.
 * It is accepted here and ignored.
 */
const ignored = z.unknown().optional();

const parameters = z
  .strictObject({
    jc: z.int(),
    jmin: z.int(),
    jmax: z.int(),
    s1: z.int(),
    s2: z.int(),
    s3: z.int().default(0),
    s4: z.int().default(0),
    h1: header,
    h2: header,
    h3: header,
    h4: header,
    i: z.array(z.string()).readonly().default([]),
    j1: ignored,
    j2: ignored,
    j3: ignored,
    itime: ignored,
  })
  .transform(({ j1: _1, j2: _2, j3: _3, itime: _4, ...given }): AmneziaWgParameters => given)
  .superRefine((given: AmneziaWgParameters, context) => {
    for (const message of violations(given)) context.addIssue({ code: "custom", message });
  });

// These become part of a command line on the host, so they contain nothing special to a shell.
const shellWord = z
  .string()
  .regex(/^[\w@%+=:,./][\w@%+=:,./-]*$/u, "no spaces, quotes or other special characters");
const interfaceName = z
  .string()
  .regex(/^[\w=+.][\w=+.-]{0,14}$/u, "an interface has 1 to 15 characters");

/**
 * Words before each command, e.g. `docker exec -i amnezia-awg`
 * where the interface is in a container.
 */
const enter = z.array(z.string().regex(/^[\w@%+=:,./-]+$/u)).default([]);

const via = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("uapi"), socket: z.string().min(1) }),
  z.strictObject({ type: z.literal("cli"), tool: shellWord, interface: interfaceName, enter }),
  z.strictObject({
    type: z.literal("ssh"),
    host: shellWord,
    port: port.default(22),
    user: shellWord,
    identityFile: z.string().min(1),
    knownHostsFile: z.string().min(1),
    tool: shellWord,
    interface: interfaceName,
    enter,
  }),
]);

/** `host:port` or `[v6]:port`. */
const endpoint = z
  .string()
  .regex(/^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/u, "looks like vpn.example:51820");

/** `{first, last}`, or as firewalls write a range: `20000-29999`. */
const portRange = z
  .union([
    z.strictObject({ first: port, last: port }),
    z
      .string()
      .regex(/^\d{1,5}-\d{1,5}$/u, "looks like 20000-29999")
      .transform((text) => {
        const [first = 0, last = 0] = text.split("-").map(Number);
        return { first, last };
      }),
  ])
  .refine(
    ({ first, last }) => first >= 1 && first <= last && last <= 65_535,
    "looks like 20000-29999",
  );

const cidr = z.union([z.cidrv4(), z.cidrv6()]);

/** The settings of every host that speaks AmneziaWG's protocol. */
const everyHost = {
  endpoint,
  /** UDP ports that the host passes on to its own: each key names one of them. */
  endpointPorts: portRange.optional(),
  network: z.string().refine(isNetwork, "looks like 10.8.0.0/24"),
  serverAddress: z.string().refine(isAddress, "looks like 10.8.0.1"),
  /** IPv6 inside the tunnel; left out: devices have none. The host has its first address. */
  network6: z
    .string()
    .refine(isNetwork6, "looks like fd0c:7e4a:9b31::/64, a network of /48 to /112")
    .optional(),
  dns: z
    .array(z.string().refine((text) => readIp(text) !== undefined, "looks like 1.1.1.1"))
    .max(8, "at most 8 name servers"),
  /** Bytes. A multiple of 16 loses none to padding; 1376 suits most lines, 1280 all. */
  mtu: z.int().min(1_280).max(1_420),
  /** The addresses that a client sends through the tunnel: `0.0.0.0/0` is everything. */
  allowedIps: z.array(cidr).min(1),
  /** Of these, the networks that go past the tunnel all the same. */
  excludedIps: z.array(cidr).optional(),
  parameters,
};

type EveryHost = z.output<z.ZodObject<typeof everyHost>>;

/** Lists what does not fit together in settings whose values are each valid. */
function checkTogether(given: EveryHost) {
  const { mtu, network, network6, serverAddress, dns } = given;
  const { s4 } = given.parameters;
  const problems: (readonly [path: string, message: string])[] = [];
  // 32 bytes of WireGuard, S4, 28 of IPv4 and UDP: a packet above 1500 would be fragmented.
  if (mtu + 32 + s4 + 28 > 1_500) {
    problems.push(["mtu", `with S4 = ${s4} it is at most ${1_440 - s4}`]);
  }
  if (!hasRoomFor(network, serverAddress)) {
    const form = "is the first address of a network of /8 to /30, e.g. 10.8.0.1";
    problems.push(["serverAddress", form]);
  } else if (isTooNarrow(network6, network)) {
    problems.push(["network6", `has fewer addresses than ${network}`]);
  }
  if (network6 === undefined && dns.some(isIpv6)) {
    problems.push(["dns", "an IPv6 name server needs network6: devices could not reach it"]);
  }
  if (routesOf(given).length === 0) {
    problems.push(["excludedIps", "leaves nothing of allowedIps to go through the tunnel"]);
  }
  return problems;
}

const report =
  <Given>(problemsOf: (given: Given) => readonly (readonly [path: string, message: string])[]) =>
  (given: Given, context: z.RefinementCtx): void => {
    for (const [path, message] of problemsOf(given)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  };

/** How an AmneziaWG interface is reached and what its clients are given. `owned` is a secret. */
export const amneziaWgSettings = z
  .strictObject({
    kind: z.literal("amneziawg"),
    via,
    /**
     * Present when Tollgate itself sets up the interface whenever it comes up blank.
     * Only through UAPI.
     */
    owned: z.strictObject({ privateKey: key, listenPort: port }).optional(),
    /** The host's own public key; if left out, it is read from the interface. */
    publicKey: key.optional(),
    ...everyHost,
  })
  .superRefine((given, context) => {
    if (given.owned === undefined || given.via.type === "uapi") return;
    const message = "an interface can be owned through its UAPI socket only";
    context.addIssue({ code: "custom", path: ["owned"], message });
  })
  .superRefine(report(checkTogether));

/**
 * A host in this process's memory that gives its customers the same files
 * as an AmneziaWG interface.
 */
export const memorySettings = z
  .strictObject({
    kind: z.literal("memory"),
    publicKey: key,
    ...everyHost,
    /** What stands for its servers, for probes of it; if left out, nothing is probed. */
    probes: probePlaces,
  })
  .superRefine(report(checkTogether));

/** A QR picture holds 2,953 bytes, and a key with everything else in it has up to a thousand. */
const longestRoutes = 1_900;

const isIpv6 = (address: string): boolean => readIp(address)?.bits === 128;

/** Whether some device of the IPv4 network would get no address of the other. */
const isTooNarrow = (network6: string | undefined, network: string): boolean =>
  network6 !== undefined && isNetwork6(network6) && !isWideEnough(network6, network);

function hasRoomFor(network: string, serverAddress: string): boolean {
  try {
    return serverAddressOf(network) === serverAddress && !isDeviceAddress(network, serverAddress);
  } catch {
    return false;
  }
}

/**
 * What a host's customers lose with these settings although they work, in words for its operator.
 */
export function amneziaWgWarnings(settings: EveryHost): string[] {
  const { parameters: given, allowedIps, excludedIps = [], dns } = settings;
  const all = allowedIps.includes("0.0.0.0/0");
  const routes = routesOf(settings);
  const outside = all ? dns.filter((server) => !isRouted(routes, server)) : [];
  return [
    ...warnings(given),
    ...outside.map((server) => `${server} answers name look-ups, and excludedIps has it`),
    ...(routes.join(", ").length > longestRoutes
      ? [`${routes.length} networks go through the tunnel: keys are too long for a QR picture`]
      : []),
    ...(excludedIps.includes("::/0")
      ? ['excludedIps has "::/0": a customer\'s IPv6 traffic goes past the tunnel']
      : []),
    ...(all && !allowedIps.includes("::/0")
      ? ['allowedIps has no "::/0": a customer\'s IPv6 traffic goes past the tunnel']
      : []),
    ...(all && dns.length === 0
      ? ["dns is empty: customers' name look-ups go to their own provider, past the tunnel"]
      : []),
  ];
}

/** The checked settings of an AmneziaWG interface. */
export type AmneziaWgSettings = z.infer<typeof amneziaWgSettings>;
/** The checked settings of a host in memory. */
export type MemorySettings = z.infer<typeof memorySettings>;
/** Where a command line reaches the interface. */
export type CliPlace = Extract<AmneziaWgSettings["via"], { readonly type: "cli" | "ssh" }>;
