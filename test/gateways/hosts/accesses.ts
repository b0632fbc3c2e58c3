import { randomUUID } from "node:crypto";
import { addressAt } from "../../../domain/access/address-pool.ts";
import { generateKeyPair } from "../../../gateways/hosts/amneziawg/keys.ts";
import {
  newTunnelAccess,
  readTunnel,
  type Tunnel,
} from "../../../gateways/hosts/amneziawg/tunnel.ts";
import type {
  Access,
  GrantedAccess,
  TunnelCredentials,
  VpnHost,
} from "../../../gateways/hosts/port.ts";

export const network = "10.8.0.0/24";
export const network6 = "fd0c:7e4a:9b31::/64";

/** Hosts without users are told when a right ends. */
export const noTerms = { endsAt: undefined, limitBytes: undefined, deviceLimit: undefined };

export type TestAccess = GrantedAccess & {
  readonly address: string;
  readonly presharedHash: string;
};

/** A new device for each call, at the n-th address. */
export function anAccess(index: number, label = "phone"): TestAccess {
  const made = newTunnelAccess();
  const address = addressAt(network, index);
  return { accessId: randomUUID(), label, address, terms: noTerms, isKnown: false, ...made };
}

/** One that has an address of each family. */
export const aDualAccess = (index: number, label?: string): TestAccess & { address6: string } => ({
  ...anAccess(index, label),
  address6: addressAt(network6, index),
});

/** What a tunnel's device connects with. */
export async function keyOf(host: VpnHost, access: Access): Promise<TunnelCredentials> {
  const given = await host.credentials(access);
  if (given.kind !== "wireguard") throw new Error(`a tunnel has no key of kind ${given.kind}`);
  return given;
}

export function tunnel(access: Access): Tunnel {
  const read = readTunnel(access);
  if ("problem" in read) throw new Error(read.problem);
  const { privateKey = "", ...hosted } = read.tunnel;
  return { ...hosted, privateKey };
}

export const at = (access: TestAccess, address: string): TestAccess => ({ ...access, address });

export const withSecrets = (access: TestAccess, changed: Partial<Tunnel>): TestAccess => {
  const { privateKey, presharedKey } = { ...tunnel(access), ...changed };
  return { ...access, secrets: JSON.stringify({ privateKey, presharedKey }) };
};

/** Each breaks an access by one kind of mistake. */
export const broken: Readonly<Record<string, (access: TestAccess) => TestAccess>> = {
  "a public key that is not one": (it) => ({ ...it, identity: "x" }),
  "a public key with characters special to a shell": (it) => ({ ...it, identity: "$(reboot)" }),
  "secrets of another kind": (it) => ({ ...it, secrets: '{"url":"x"}' }),
  "secrets that are not JSON": (it) => ({ ...it, secrets: "" }),
  "a preshared key that is not one": (it) => withSecrets(it, { presharedKey: "c2hvcnQ=" }),
  "a private key that is not one": (it) => withSecrets(it, { privateKey: "" }),
  "keys that are not a pair": (it) => withSecrets(it, generateKeyPair()),
  "no address": (it) => ({ ...it, address: undefined as never }),
  "an address of another network": (it) => at(it, "10.9.0.2"),
  "the network's own address": (it) => at(it, "10.8.0.0"),
  "the host's own address": (it) => at(it, "10.8.0.1"),
  "the broadcast address": (it) => at(it, "10.8.0.255"),
  "an IPv6 address of another network": (it) => ({ ...it, address6: "fd00::2" }),
  "the host's own IPv6 address": (it) => ({ ...it, address6: "fd0c:7e4a:9b31::1" }),
  "an IPv6 address in another form": (it) => ({ ...it, address6: "fd0c:7e4a:9b31:0::9" }),
  "an IPv4 address for its IPv6 one": (it) => ({ ...it, address6: "10.8.0.9" }),
  "an IPv6 address with a line break": (it) => ({
    ...it,
    address6: "fd0c:7e4a:9b31::9\nremove=true",
  }),
  "an address with a mask": (it) => at(it, "10.8.0.2/24"),
  "an address with a line break": (it) => at(it, "10.8.0.2\nremove=true"),
};
