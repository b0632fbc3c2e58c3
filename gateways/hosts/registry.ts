import * as z from "zod";
import type { CircuitBreakerOptions } from "../circuit-breaker.ts";
import { amneziaWgKind } from "./amneziawg/index.ts";
import { newTunnelAccess } from "./amneziawg/tunnel.ts";
import type { ConnectOptions, HostKind } from "./kind.ts";
import { marzbanKind } from "./marzban/index.ts";
import { memoryKind } from "./memory.ts";
import { pasarGuardKind } from "./pasarguard/index.ts";
import type { NewAccess, VpnHost } from "./port.ts";
import { remnawaveKind } from "./remnawave/index.ts";
import { withCircuitBreaker } from "./with-circuit-breaker.ts";
import { xuiKind } from "./x-ui/index.ts";

/** Every kind of host, one per line. */
const kinds = [
  amneziaWgKind,
  memoryKind,
  marzbanKind,
  pasarGuardKind,
  remnawaveKind,
  xuiKind,
] as const;

/** How a host is reached and what its customers are given; a row of `hosts` keeps it sealed. */
export const hostSettings = z.discriminatedUnion("kind", [
  amneziaWgKind.settings,
  memoryKind.settings,
  marzbanKind.settings,
  pasarGuardKind.settings,
  remnawaveKind.settings,
  xuiKind.settings,
]);

/** The checked settings of a host of any kind. */
export type HostSettings = z.infer<typeof hostSettings>;

/** Those of a tunnel, whose devices have addresses. */
export type TunnelSettings = Extract<HostSettings, { readonly network: string }>;

/** Settings as an operator writes them: values with a default may be left out. */
export type HostSettingsInput = z.input<typeof hostSettings>;

/** Above the timeouts of the transports, whose messages say more: two commands of 10 s each. */
const breaker: CircuitBreakerOptions = {
  timeoutMs: 25_000,
  breaker: { failures: 5, pauseMs: 5_000 },
};

/**
 * Makes the adapter of the host that these settings describe, with a timeout and a circuit breaker.
 * It does not call the host yet. Make one per host and keep it:
 * it holds the breaker, and a memory host's peers.
 */
export function connectHost(settings: HostSettings, more?: ConnectOptions): VpnHost {
  const kind = kindOf(settings);
  const host = kind.connect(settings, more);
  return kind.breaker === "perCall" ? host : withCircuitBreaker(host, breaker);
}

/**
 * What a host's customers lose with these settings although they work, in words for its operator.
 */
export const hostWarnings = (settings: HostSettings): string[] =>
  kindOf(settings).warnings(settings);

/**
 * Draws a new access. A host with room is chosen for it afterwards, and may be of any kind: a
 * panel's users are named by the access, and derive their secrets from a tunnel's.
 */
export const newAccess: () => NewAccess = newTunnelAccess;

const kindOf = ({ kind }: HostSettings) =>
  kinds.find((one) => one.kind === kind) as HostKind<z.ZodType<HostSettings>>;
