import type * as z from "zod";
import type { VpnHost } from "./port.ts";

/** What an adapter is given beside its host's settings. */
export interface ConnectOptions {
  /** This host's secrets for probes, the current one first; none: no peer is made for them. */
  readonly probeSecrets?: readonly Buffer[];
  /** Milliseconds since 1970, by which a user's end has come; by default the machine's clock. */
  readonly now?: () => number;
}

/** A kind of host: one folder, and one line in `registry.ts`. */
export interface HostKind<Settings extends z.ZodType = z.ZodType> {
  /** The `kind` in its settings. */
  readonly kind: string;
  /**
   * How it is reached and what its customers are given. Stored sealed, since it may hold secrets.
   */
  readonly settings: Settings;
  /**
   * Where `perCall`, its adapter has a timeout and a circuit breaker for each of its own calls, as
   * one that makes many for a single answer. Otherwise the whole answer has one.
   */
  readonly breaker?: "perCall";
  /** What customers lose with these settings although they work, in words for the operator. */
  warnings(settings: z.output<Settings>): string[];
  /** Makes its adapter. It does not call the host yet. */
  connect(settings: z.output<Settings>, more?: ConnectOptions): VpnHost;
}
