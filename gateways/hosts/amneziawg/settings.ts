import * as z from "zod";
import {
  isAddress,
  isDeviceAddress,
  isNetwork,
  serverAddressOf,
} from "../../../domain/access/address-pool.ts";
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

/** The settings of every host that speaks AmneziaWG's protocol. */
const everyHost = {
  endpoint,
  network: z.string().refine(isNetwork, "looks like 10.8.0.0/24"),
  serverAddress: z.string().refine(isAddress, "looks like 10.8.0.1"),
  dns: z.array(z.string().refine(isAddress, "looks like 1.1.1.1")),
  /** Bytes. A multiple of 16 loses none to padding; 1376 suits most lines, 1280 all. */
  mtu: z.int().min(1_280).max(1_420),
  /** The addresses that a client sends through the tunnel: `0.0.0.0/0` is everything. */
  allowedIps: z.array(z.union([z.cidrv4(), z.cidrv6()])).min(1),
  parameters,
};

type EveryHost = z.output<z.ZodObject<typeof everyHost>>;

/** Lists what does not fit together in settings whose values are each valid. */
function checkTogether({ mtu, parameters: { s4 }, network, serverAddress }: EveryHost) {
  const problems: (readonly [path: string, message: string])[] = [];
  // 32 bytes of WireGuard, S4, 28 of IPv4 and UDP: a packet above 1500 would be fragmented.
  if (mtu + 32 + s4 + 28 > 1_500) {
    problems.push(["mtu", `with S4 = ${s4} it is at most ${1_440 - s4}`]);
  }
  if (!hasRoomFor(network, serverAddress)) {
    const form = "is the first address of a network of /8 to /30, e.g. 10.8.0.1";
    problems.push(["serverAddress", form]);
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
  .strictObject({ kind: z.literal("memory"), publicKey: key, ...everyHost })
  .superRefine(report(checkTogether));

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
export function amneziaWgWarnings({ parameters: given, allowedIps, dns }: EveryHost): string[] {
  const all = allowedIps.includes("0.0.0.0/0");
  return [
    ...warnings(given),
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
