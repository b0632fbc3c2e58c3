import type { ProcessOptions } from "../servers/process.ts";
import type { Configuration } from "./configuration.ts";
import type { Secrets } from "./data-dir.ts";
import type { Logs } from "./logs.ts";
import type { ServiceName } from "./service-name.ts";

/**
 * Addresses that services pass on: each is set by the service that it belongs to and read by those
 * that need it.
 */
export interface Addresses {
  /** A role that may create roles. */
  databaseOwnerUrl?: string;
  temporal?: Readonly<Record<string, string>>;
  temporalUiUrl?: string;
  redisUrl?: string;
  telegramUrl?: string;
  vpnClientUrl?: string;
  hostsFile?: string;
  /** A file with the demo's VPN host, which is added by command once the worker runs. */
  demoHostsFile?: string;
  /** The kind of the demo's VPN host. */
  hostKind?: "amneziawg" | "memory";
  /** Path of the program with which the demo tries keys; absent where it cannot be built. */
  awgNode?: string | undefined;
  /** Variables with which the worker and the api reach the demo's gateways. */
  gateways?: Readonly<Record<string, string>>;
  webFolder?: string;
  workflowBundle?: string;
}

/** Everything that a service needs to start itself. */
export interface StartContext {
  readonly configuration: Configuration;
  readonly secrets: Secrets;
  readonly addresses: Addresses;
  readonly logs: Logs;
  /** The port of this name: the same at every start as long as it is free. */
  assignPort(name: string): Promise<number>;
  /**
   * Options for this service's process: its log, and its entry in the run file,
   * kept if we are killed.
   */
  processOptions(name: ServiceName): ProcessOptions & { readonly logFile: string };
  /** Kills the processes of this service at once, even while they are starting. */
  kill(name: ServiceName): void;
  /** Prints one line at the terminal. */
  say(line: string): void;
}
