import type { Running } from "../servers/process.ts";
import type { ServiceName } from "./service-name.ts";
import type { StartContext } from "./start-context.ts";

/** A service that has been started, or that needs no process. */
export interface Started {
  /** A link or an address; "" when there is none. */
  readonly where: string;
  /** For the table: embedded, yours, or why it is off. */
  readonly what: string;
  /** Absent when the service has finished its work, is not ours or is off. */
  readonly running?: Running;
  /** Origin of its /readyz, e.g. `http://127.0.0.1:40123`. */
  readonly health?: string;
  /** Origin of its /metrics. */
  readonly metrics?: string;
}

/**
 * One thing that `npm start` brings up. All of it is data:
 * the supervisor treats every service alike.
 */
export interface Service {
  readonly name: ServiceName;
  /** Up before this one is started. */
  readonly needs: readonly ServiceName[];
  /**
   * Services are stopped from the highest number to the lowest,
   * those with the same number in parallel.
   */
  readonly stopsAt: number;
  /**
   * Resolves when the service does its work. Called again when its process has died: it must cope
   * with what that process left behind.
   * @throws UserError when it cannot be started.
   */
  start(context: StartContext): Promise<Started>;
}

/**
 * The services in `only` and all that they need, directly or not;
 * all services when `only` is undefined.
 */
export function withNeeds(
  services: readonly Service[],
  only: readonly ServiceName[] | undefined,
): Service[] {
  const wanted = new Set(only ?? services.map(({ name }) => name));
  // Iterating over a set includes what is added meanwhile, so needs of needs are found too.
  for (const name of wanted) {
    for (const need of services.find((service) => service.name === name)?.needs ?? [])
      wanted.add(need);
  }
  return services.filter(({ name }) => wanted.has(name));
}
