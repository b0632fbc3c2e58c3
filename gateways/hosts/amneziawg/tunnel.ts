import { createHash } from "node:crypto";
import * as z from "zod";
import { Refused } from "../../refused.ts";
import type { Access, NewAccess } from "../port.ts";
import { generateKeyPair, generatePresharedKey, isKey, publicKeyOf } from "./keys.ts";

/** A device's keys and address in a WireGuard-like tunnel. Keys are base64 of 32 bytes. */
export interface Tunnel {
  /** The device's own address inside the tunnel, without a mask, e.g. `10.8.0.2`. */
  readonly address: string;
  /** Its IPv6 address; undefined where the host has no network of it. */
  readonly address6?: string | undefined;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly presharedKey: string;
}

/** A tunnel as its host needs it; undefined: its owner alone has the private key. */
export interface HostedTunnel extends Omit<Tunnel, "privateKey"> {
  readonly privateKey: string | undefined;
}

/** The tunnel of an access, or in words without a key why no host can take it. */
export type TunnelReading = { readonly tunnel: HostedTunnel } | { readonly problem: string };

const secretsForm = z.strictObject({
  privateKey: z.string().optional(),
  presharedKey: z.string(),
});

/** How interfaces write that a peer has no preshared key. */
const noPresharedKey = Buffer.alloc(32).toString("base64");

/** The secrets of an access that is a peer whom others have made: nobody knows its private key. */
export const keptSecrets = (presharedKey: string | undefined): string =>
  JSON.stringify({ presharedKey: presharedKey ?? noPresharedKey });

/** Draws keys for a device on a WireGuard-like host; its identity there is the public key. */
export function newTunnelAccess(): NewAccess {
  const { privateKey, publicKey } = generateKeyPair();
  const presharedKey = generatePresharedKey();
  return {
    identity: publicKey,
    secrets: JSON.stringify({ privateKey, presharedKey }),
    presharedHash: hashOf(Buffer.from(presharedKey, "base64")),
  };
}

/** SHA-256 of a preshared key's 32 bytes, in base64. */
export const hashOf = (presharedKey: Buffer): string =>
  createHash("sha256").update(presharedKey).digest("base64");

const invalid = (problem: string): TunnelReading => ({ problem });

/** Reads the tunnel of an access from its sealed secrets, identity and address. */
export function readTunnel({ identity, address, address6, secrets }: Access): TunnelReading {
  const { privateKey, presharedKey } = secretsOf(secrets) ?? {};
  if (presharedKey === undefined) {
    return invalid("its secrets cannot be read");
  }
  if (!isKey(identity)) return invalid("its public key is not the base64 of 32 bytes");
  if (privateKey !== undefined && !isKey(privateKey))
    return invalid("its private key is not the base64 of 32 bytes");
  if (!isKey(presharedKey)) return invalid("its preshared key is not the base64 of 32 bytes");
  if (privateKey !== undefined && publicKeyOf(privateKey) !== identity)
    return invalid("its keys are not a pair");
  if (address === undefined) return invalid("it has no address");
  return { tunnel: { address, address6, publicKey: identity, privateKey, presharedKey } };
}

/** The addresses of a device inside its tunnel, without masks. */
export const addressesOf = ({
  address,
  address6,
}: Pick<Tunnel, "address" | "address6">): readonly string[] =>
  address6 === undefined ? [address] : [address, address6];

/**
 * The tunnel of an access, with its private key.
 * @throws Refused when the access is invalid, or its owner alone has the private key.
 */
export function tunnelOrRefuse(access: Access): Tunnel {
  const read = readTunnel(access);
  if ("problem" in read) throw new Refused(`access ${access.accessId}: ${read.problem}`);
  const { privateKey, ...tunnel } = read.tunnel;
  if (privateKey === undefined)
    throw new Refused(`access ${access.accessId}: its owner alone has its private key`);
  return { ...tunnel, privateKey };
}

function secretsOf(text: string): z.infer<typeof secretsForm> | undefined {
  try {
    return secretsForm.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
