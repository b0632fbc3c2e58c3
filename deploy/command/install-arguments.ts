import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import * as z from "zod";
import { isAddress, isNetwork, isNetwork6 } from "../../domain/access/address-pool.ts";
import { readIp } from "../../domain/access/ip.ts";
import { installableInterface } from "../../gateways/hosts/amneziawg/install/server-plan.ts";
import { hostCapacity, hostName, hostWeight } from "../../gateways/hosts/hosts-file.ts";

/** What can be written after `hosts install`. */
export const installUsage = `  hosts install NAME USER@SERVER  sets up AmneziaWG on a bare Debian 12 or 13, Ubuntu 22.04 or 24.04,
        --identity FILE          tests it and adds it; may be repeated, and goes on where it was
        --known-hosts FILE       the two files of SSH
        [--dry-run]              prints every command, and connects to nobody
        [--with auto|module|userspace] [--program FILE]
                                 userspace: amneziawg-go, which FILE is, for the server's processor
        [--ssh-port N] [--endpoint HOST] [--udp-port N] [--udp-ports A-B] [--interface awg0]
        [--network CIDR] [--network6 CIDR|none] [--dns A,B] [--capacity N] [--weight N]
        [--worker-identity FILE] [--worker-known-hosts FILE]
                                 where the worker has the two files, if elsewhere
        [--settings FILE]        writes the settings there and adds nothing`;

const options = {
  identity: { type: "string" },
  "known-hosts": { type: "string" },
  "dry-run": { type: "boolean" },
  with: { type: "string" },
  program: { type: "string" },
  "ssh-port": { type: "string" },
  endpoint: { type: "string" },
  "udp-port": { type: "string" },
  "udp-ports": { type: "string" },
  interface: { type: "string" },
  network: { type: "string" },
  network6: { type: "string" },
  dns: { type: "string" },
  capacity: { type: "string" },
  weight: { type: "string" },
  "worker-identity": { type: "string" },
  "worker-known-hosts": { type: "string" },
  settings: { type: "string" },
} as const;

const port = z.coerce.number().int().min(1).max(65_535);
const server = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}@[\w:.-]+$/iu, "looks like root@ams.vpn.example")
  .transform((text) => {
    const at = text.indexOf("@");
    return { user: text.slice(0, at), host: text.slice(at + 1) };
  })
  .refine(({ host }) => /^[\w:]/u.test(host), "looks like root@ams.vpn.example");

const form = z.object({
  name: hostName,
  server,
  identity: z.string("is needed: the private key's file").min(1),
  "known-hosts": z.string("is needed: the file with the server's key").min(1),
  "dry-run": z.boolean().default(false),
  with: z.enum(["auto", "module", "userspace"], "is auto, module or userspace").default("auto"),
  program: z.string().optional(),
  "ssh-port": port.default(22),
  endpoint: z
    .string()
    .regex(/^(?:[\w.-]+|\[[0-9a-f:]+\])$/iu, "is a name or an address")
    .optional(),
  "udp-port": port.optional(),
  "udp-ports": z
    .string()
    .regex(/^\d{1,5}-\d{1,5}$/u, "looks like 20000-29999")
    .transform((text) => {
      const [first = 0, last = 0] = text.split("-").map(Number);
      return { first, last };
    })
    .refine(({ first, last }) => first >= 1 && first <= last && last <= 65_535, "is not a range")
    .optional(),
  interface: installableInterface.default("awg0"),
  network: z.string().refine(isNetwork, "looks like 10.8.0.0/20").optional(),
  network6: z
    .string()
    .refine((text) => text === "none" || isNetwork6(text), "looks like fd0c:7e4a:9b31::/64")
    .optional(),
  dns: z
    .string()
    .transform((text) => text.split(","))
    .refine((servers) => servers.every((one) => readIp(one) !== undefined), "are addresses")
    .default(["1.1.1.1", "1.0.0.1"]),
  capacity: z.coerce.number().pipe(hostCapacity).optional(),
  weight: z.coerce.number().pipe(hostWeight).optional(),
  "worker-identity": z.string().optional(),
  "worker-known-hosts": z.string().optional(),
  settings: z.string().optional(),
});

/** What the command line asks for about a server that becomes a host. */
export type InstallArguments = z.output<typeof form>;

/** The arguments behind `hosts install`, or why they do not make one. */
export function readInstallArguments(
  words: readonly string[],
): { readonly given: InstallArguments } | { readonly problem: string } {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(words);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const [name, to, ...more] = parsed.positionals;
  if (name === undefined || to === undefined || more.length > 0) {
    return { problem: "hosts install needs a NAME and USER@SERVER" };
  }
  const read = form.safeParse({ ...parsed.values, name, server: to });
  if (read.success) return { given: read.data };
  const [issue] = read.error.issues;
  const place = String(issue?.path[0]);
  const isWord = place === "name" || place === "server";
  return { problem: `${isWord ? place : `--${place}`} ${issue?.message}` };
}

const parse = (words: readonly string[]) =>
  parseArgs({ args: [...words], options, allowPositionals: true });

/** A unique local network (RFC 4193) that follows from the host's name. */
export const networkOfName = (name: string): string => {
  const digits = createHash("sha256").update(`tollgate host ${name}`).digest("hex");
  const groups = [`fd${digits.slice(0, 2)}`, digits.slice(2, 6), digits.slice(6, 10)];
  return `${groups.map((group) => group.replace(/^0+(?=.)/u, "")).join(":")}::/64`;
};

/** `[v6]` where a server is named by its IPv6 address. */
export const inEndpoint = (host: string): string =>
  host.includes(":") && !isAddress(host) ? `[${host}]` : host;
