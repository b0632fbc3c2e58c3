import type { Running } from "../servers/process.ts";
import type { StartContext } from "./start-context.ts";

/** In the order of the table. */
export const serviceNames = [
  "postgres",
  "temporal",
  "redis",
  "telegram",
  "gateways",
  "vpn-host",
  "vpn-client",
  "web",
  "workflows",
  "migrations",
  "worker",
  "api",
  "bot",
] as const;

export type ServiceName = (typeof serviceNames)[number];

export const isServiceName = (name: string): name is ServiceName =>
  (serviceNames as readonly string[]).includes(name);

/** What came of starting a part. */
export interface Started {
  /** A link or an address; "" for what has none. */
  readonly where: string;
  /** For the table: embedded, yours, or why it is off. */
  readonly what: string;
  /** Absent for what is done, is not ours or is off. */
  readonly running?: Running;
  /** Origin of its /readyz, e.g. `http://127.0.0.1:40123`. */
  readonly health?: string;
  /** Origin of its /metrics. */
  readonly metrics?: string;
}

/**
 * One thing that `npm start` brings up. All of it is data: the supervisor knows no part by name.
 */
export interface Service {
  readonly name: ServiceName;
  /** Up before this one is started. */
  readonly needs: readonly ServiceName[];
  /** Parts are stopped from the highest number to the lowest, those of one number side by side. */
  readonly stopsAt: number;
  /**
   * Resolves when the part does its work. Called again when its process has died: it must find what
   * the last one left.
   * @throws Advice when it cannot be started.
   */
  start(stage: StartContext): Promise<Started>;
}

/** These parts and all that they need; all parts when none are named. */
export function withNeeds(
  parts: readonly Service[],
  only: readonly ServiceName[] | undefined,
): Service[] {
  const wanted = new Set(only ?? parts.map(({ name }) => name));
  // A set takes what is added while it is walked, so needs of needs come too.
  for (const name of wanted) {
    for (const need of parts.find((part) => part.name === name)?.needs ?? []) wanted.add(need);
  }
  return parts.filter(({ name }) => wanted.has(name));
}
