import type { HostPolling } from "../../activities/access/host-loop.ts";
import type { HostProbing } from "../../activities/access/host-probing.ts";
import type { Limits } from "../../activities/messaging/rate-limiter.ts";
import type { PollingOptions } from "../../activities/operations/reconciliation/polling.ts";
import type { GatewayDirectory } from "../../activities/payments/gateway-directory.ts";
import type { HostEntry } from "../../db/access/hosts.ts";
import type { OfferedPlan } from "../../db/payments/plans.ts";
import type { ApprovalLimits } from "../../domain/payments/refund.ts";
import type { SignupPolicy } from "../../domain/people/signup.ts";
import type { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";

/** How a test app differs from the usual one. */
export interface TestAppOptions {
  readonly policy?: Partial<SignupPolicy & { readonly trialDays: number }>;
  readonly adminIds?: readonly number[];
  readonly supportIds?: readonly number[];
  readonly viewerIds?: readonly number[];
  /** Wraps the product's host, to make it fail. */
  readonly host?: (real: MemoryVpnHost) => VpnHost;
  /** The gateways; by default the memory gateway, named `memory`. */
  readonly gateways?: (fixture: { readonly emulatorUrl: string }) => readonly PaymentGateway[];
  /** Wraps the directory of configured gateways, to switch some off. */
  readonly directory?: (known: GatewayDirectory) => GatewayDirectory;
  readonly plans?: readonly OfferedPlan[];
  readonly refundLimits?: ApprovalLimits;
  /** Runs the gateways' reconcilers at this pace; without it no statement is read. */
  readonly gatewayPolling?: Partial<PollingOptions>;
  readonly hostPolling?: Partial<HostPolling>;
  /** From where hosts are probed; by default they are not. */
  readonly hostProbing?: HostProbing;
  /** Limits of sending; by default none: tests of the pace set Telegram's. */
  readonly messageLimits?: Limits;
  /** Messages are passed on to admins, or to this forum; without it /support names `@help`. */
  readonly support?: { readonly group?: number };
  /** Where the api is reached; without it there are no links of ours. */
  readonly publicUrl?: string;
  readonly onAudit?: (disagreements: number) => void;
  readonly capacity?: number;
  readonly network?: string;
  /** IPv6; by default devices have none. */
  readonly network6?: string;
  /** The hosts are those of the database, as in the product, and may change. */
  readonly storedHosts?: true;
  /** A second host, beside the app's own. */
  readonly secondHost?: OtherHost;
  /** Further hosts by their names. */
  readonly moreHosts?: Readonly<Record<string, OtherHost>>;
  /**
   * When the app's time begins. Workflows then start by the reconcilers' clock, and the database's
   * clock follows it; by default both are the machine's.
   */
  readonly startsAt?: Date;
}

/** A host of a test, with settings as the product has them. */
export interface OtherHost {
  readonly settings: HostEntry["settings"];
  readonly host: VpnHost;
  readonly capacity?: number;
}

/** All hosts beside the app's own, by their names. */
export const otherHostsOf = ({
  secondHost,
  moreHosts,
}: TestAppOptions): Readonly<Record<string, OtherHost>> => ({
  ...(secondHost === undefined ? {} : { two: secondHost }),
  ...moreHosts,
});
