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

/** The tunnel of an access, or in words without a key why no host can take it. */
export type TunnelReading = { readonly tunnel: Tunnel } | { readonly problem: string };

const secretsForm = z.strictObject({ privateKey: z.string(), presharedKey: z.string() });

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
  if (privateKey === undefined || presharedKey === undefined) {
    return invalid("its secrets cannot be read");
  }
  if (!isKey(identity)) return invalid("its public key is not the base64 of 32 bytes");
  if (!isKey(privateKey)) return invalid("its private key is not the base64 of 32 bytes");
  if (!isKey(presharedKey)) return invalid("its preshared key is not the base64 of 32 bytes");
  if (publicKeyOf(privateKey) !== identity) return invalid("its keys are not a pair");
  if (address === undefined) return invalid("it has no address");
  return { tunnel: { address, address6, publicKey: identity, privateKey, presharedKey } };
}

/** The addresses of a device inside its tunnel, without masks. */
export const addressesOf = ({
  address,
  address6,
}: Pick<Tunnel, "address" | "address6">): readonly string[] =>
  address6 === undefined ? [address] : [address, address6];

/** The tunnel of an access. @throws Refused when the access is invalid. */
export function tunnelOrRefuse(access: Access): Tunnel {
  const read = readTunnel(access);
  if ("problem" in read) throw new Refused(`access ${access.accessId}: ${read.problem}`);
  return read.tunnel;
}

function secretsOf(text: string): z.infer<typeof secretsForm> | undefined {
  try {
    return secretsForm.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
