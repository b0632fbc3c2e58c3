import type { ProcessOptions } from "../servers/process.ts";
import type { Configuration } from "./configuration.ts";
import type { Secrets } from "./data-dir.ts";
import type { Logs } from "./logs.ts";
import type { ServiceName } from "./service.ts";

/** What parts tell each other: written by the part that it names, read by those that need it. */
export interface Addresses {
  /** A role that may create roles. */
  databaseOwnerUrl?: string;
  temporal?: Readonly<Record<string, string>>;
  temporalUiUrl?: string;
  redisUrl?: string;
  telegramUrl?: string;
  vpnClientUrl?: string;
  hostsFile?: string;
  /** What carries the customers of the demo. */
  hostKind?: "amneziawg" | "memory";
  /** The program that the demo tries keys with; absent where it cannot be built. */
  awgNode?: string | undefined;
  /** What the worker and the api need to reach the demo's gateways, by variable. */
  gateways?: Readonly<Record<string, string>>;
  webFolder?: string;
  workflowBundle?: string;
}

/** All that a part is given to start itself. */
export interface StartContext {
  readonly configuration: Configuration;
  readonly secrets: Secrets;
  readonly addresses: Addresses;
  readonly logs: Logs;
  /** A port that stays the same over all starts while it is free. */
  keptPort(name: string): Promise<number>;
  /**
   * How this part's process is looked after: its log, and the record that survives our own death.
   */
  care(name: ServiceName): ProcessOptions & { readonly logFile: string };
  /** Ends at once what this part has launched, also when it has not come up yet. */
  kill(name: ServiceName): void;
  say(line: string): void;
}
