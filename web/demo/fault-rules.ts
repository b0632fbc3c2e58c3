import {
  type Fault,
  type Gateway,
  isRules,
  type Rule,
  rulesFor,
  type Side,
  sideOf,
} from "./faults.ts";
import { ask, askFor } from "./request.ts";

const urlOf = ({ name }: Gateway): string => `/demo/faults/${name}`;

/** The rules of an emulated gateway, oldest first. */
export const listRules = (gateway: Gateway): Promise<readonly Rule[]> =>
  askFor(isRules, urlOf(gateway));

/** Deletes all rules of an emulated gateway. */
export const clearFaults = (gateway: Gateway): Promise<Response> =>
  ask(urlOf(gateway), { method: "DELETE" });

/**
 * Sets the fault of one side of a gateway, or clears it, and keeps its other rules. An emulator can
 * only delete all rules at once, so the others are added again.
 */
export async function setFault(
  gateway: Gateway,
  side: Side,
  fault: Fault | undefined,
): Promise<void> {
  const others = (await listRules(gateway)).filter((rule) => sideOf(rule) !== side);
  const wanted = fault === undefined ? [] : rulesFor(gateway, side, fault);
  await clearFaults(gateway);
  for (const { id: _id, ...rule } of others) await addRule(gateway, rule);
  for (const rule of wanted) await addRule(gateway, rule);
}

const addRule = (gateway: Gateway, body: object): Promise<Response> =>
  ask(urlOf(gateway), { method: "POST", body });
