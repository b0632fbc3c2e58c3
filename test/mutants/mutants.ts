import { hostMutants, timeMutants } from "./access.ts";
import { moneyMutants } from "./money.ts";
import type { Mutant } from "./mutant.ts";
import { gatewayMutants, messageMutants } from "./outside.ts";

export const mutants: readonly Mutant[] = [
  ...moneyMutants,
  ...timeMutants,
  ...hostMutants,
  ...gatewayMutants,
  ...messageMutants,
];
