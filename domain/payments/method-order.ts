import type { GatewayName } from "./payment.ts";

/** Where a way to pay goes: one place up or down in the owner's order. */
export const moves = ["up", "down"] as const;
/** One of `moves`. */
export type Move = (typeof moves)[number];

/** The owner's order of gateways, written out: those they named, then the other configured ones. */
export const allInOrder = (
  named: readonly GatewayName[],
  configured: readonly GatewayName[],
): readonly GatewayName[] => [...new Set([...named, ...configured])];

/**
 * The owner's order with one gateway a place further, among those that are configured: what is
 * named and not configured is passed over, and keeps its place. At the end it stays as it was.
 */
export function moveGateway(
  named: readonly GatewayName[],
  configured: readonly GatewayName[],
  { gateway, to }: { readonly gateway: GatewayName; readonly to: Move },
): readonly GatewayName[] {
  const all = [...allInOrder(named, configured)];
  const shown = all.filter((one) => configured.includes(one));
  const place = shown.indexOf(gateway);
  const neighbour = place < 0 ? undefined : shown[to === "up" ? place - 1 : place + 1];
  if (neighbour === undefined) return all;
  const other = all.indexOf(neighbour);
  all[all.indexOf(gateway)] = neighbour;
  all[other] = gateway;
  return all;
}

/** The same things by the owner's order of gateways; what it does not name follows as it was. */
export function byGateway<Thing extends { readonly gateway: GatewayName }>(
  things: readonly Thing[],
  order: readonly GatewayName[],
): Thing[] {
  const placeOf = ({ gateway }: Thing): number => {
    const place = order.indexOf(gateway);
    return place < 0 ? order.length : place;
  };
  return things.toSorted((one, other) => placeOf(one) - placeOf(other));
}
