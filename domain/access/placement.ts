/** A host as placement sees it. */
export interface HostLoad {
  readonly id: string;
  readonly capacity: number;
  /** A host of weight 2 gets twice as many accesses as one of weight 1; above 0. */
  readonly weight: number;
  /**
   * Accesses that have time. One without time keeps its address, so that its keys work again with
   * new time, but does not count: otherwise a host would be full of customers who left years ago.
   * When many of them come back, the host exceeds its capacity.
   */
  readonly living: number;
}

/** Whether one more access may come to this host. */
export const hasRoom = ({ living, capacity }: HostLoad): boolean => living < capacity;

/**
 * Assigns waiting accesses, in their order, each to the host that is then the least loaded of those
 * that suit it and have room. One that finds none does not hold up those after it.
 * @returns by host's id, what it gets; an access that finds no room is in none.
 */
export function assignHosts<Access, Host extends HostLoad>(
  waiting: readonly Access[],
  hosts: readonly Host[],
  isSuitable: (access: Access, host: Host) => boolean = () => true,
): ReadonlyMap<string, readonly Access[]> {
  const assigned = new Map<string, Access[]>();
  const living = new Map(hosts.map((host) => [host.id, host.living]));
  const now = (host: Host): Host => ({ ...host, living: living.get(host.id) ?? 0 });
  for (const one of waiting) {
    const roomy = hosts.map(now).filter(hasRoom);
    if (roomy.length === 0) break;
    const [first, ...others] = roomy.filter((host) => isSuitable(one, host));
    if (first === undefined) continue;
    const { id } = others.reduce((best, host) => (load(host) < load(best) ? host : best), first);
    living.set(id, (living.get(id) ?? 0) + 1);
    assigned.set(id, [...(assigned.get(id) ?? []), one]);
  }
  return assigned;
}

const load = ({ living, capacity, weight }: HostLoad): number => living / (capacity * weight);
