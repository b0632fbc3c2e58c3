/**
 * What can be wrong with a host, by name, in the order in which it is looked at. What to do about
 * each is in the texts.
 */
export const hostTroubles = [
  /** The settings themselves cannot be used. */
  "settings",
  "dns",
  /** Nothing listens there, or no route or firewall lets it through. */
  "port",
  "timeout",
  "tls",
  /** Something else answers at the URL. */
  "url",
  /** The SSH server is not the one that is known. */
  "serverKey",
  "credentials",
  /** The account may not do what it is for. */
  "rights",
  "version",
  /** The inbounds, squads or groups of the settings. */
  "servers",
  "clock",
  /** The AmneziaWG tool. */
  "tool",
  "module",
  "tun",
  /** Tool and module are of different generations. */
  "generation",
  "interface",
  /** The interface's public key is not the one of the settings. */
  "hostKey",
  /** The UDP port to which customers connect. */
  "udp",
  /** AmneziaWG parameters that do not fit, or lose packets. */
  "parameters",
  "other",
] as const;

/** One thing that can be wrong with a host. */
export type HostTrouble = (typeof hostTroubles)[number];

/** One thing that is wrong with a host. */
export interface HostFinding {
  readonly trouble: HostTrouble;
  /** What exactly, in words for operators, without a secret. */
  readonly details: string;
}

/** What a test of a host has found. */
export interface HostReport {
  readonly kind: string;
  /** Where customers connect; a panel's URL. */
  readonly endpoint?: string;
  /** Of the software that answers; undefined where it does not say. */
  readonly version?: string;
  /** It answers and can be used; then `findings` cost something, and are not in the way. */
  readonly isUsable: boolean;
  readonly findings: readonly HostFinding[];
}
