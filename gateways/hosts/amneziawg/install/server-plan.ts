import * as z from "zod";
import { serverAddressOf } from "../../../../domain/access/address-pool.ts";
import type { AmneziaWgParameters } from "../parameters.ts";
import type { PortRange } from "../endpoint.ts";

/** Who carries the packets: the kernel's module, or `amneziawg-go`. */
export type Variant = "module" | "userspace";

/** The interface that a server gets. No part of it is a secret: the key is made on the server. */
export interface ServerPlan {
  readonly interface: string;
  /** UDP. */
  readonly listenPort: number;
  /** UDP ports that are passed on to `listenPort`. */
  readonly endpointPorts?: PortRange | undefined;
  readonly network: string;
  /** IPv6; undefined: none inside the tunnel. */
  readonly network6?: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly parameters: AmneziaWgParameters;
}

/** The names that an interface, a table of nftables and a unit of systemd can all have. */
export const installableInterface = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,14}$/u, "is 1 to 15 small letters, digits and _");

/** Where everything of an interface is on its server. */
export const serverPlaces = (plan: Pick<ServerPlan, "interface">) => {
  const folder = `/etc/tollgate/${plan.interface}`;
  return {
    folder,
    /** What was chosen for it the first time. */
    settings: `${folder}/settings.json`,
    key: `${folder}/private.key`,
    parameters: `${folder}/parameters`,
    rules: `${folder}/rules.nft`,
    up: `${folder}/up`,
    down: `${folder}/down`,
    /** What it was last brought up with. */
    applied: `/run/tollgate/${plan.interface}`,
    unit: `tollgate-${plan.interface}.service`,
    unitFile: `/etc/systemd/system/tollgate-${plan.interface}.service`,
    program: "/usr/local/lib/tollgate/amneziawg-go",
    table: `tollgate_${plan.interface}`,
  } as const;
};

/** The tool that knows the interface: userspace has no need of the one that is not in Debian. */
export const toolOf = (variant: Variant): "awg" | "wg" => (variant === "module" ? "awg" : "wg");

/** The addresses of the server inside the tunnel, with the masks of its networks. */
export const ownAddresses = ({ network, network6 }: ServerPlan): string[] =>
  [network, network6].flatMap((cidr) =>
    cidr === undefined ? [] : [`${serverAddressOf(cidr)}/${cidr.split("/")[1]}`],
  );
