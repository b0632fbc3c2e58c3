import type { GatewayDirectory } from "../activities/payments/gateway-directory.ts";
import type { GatewayName } from "../domain/payments/payment.ts";
import { connectAll, environmentOf } from "../gateways/payments/connect-all.ts";
import type { PaymentGateway } from "../gateways/payments/port.ts";
import type { ProviderDeps } from "../gateways/payments/provider.ts";
import { providers } from "../gateways/payments/registry.ts";
import { Refused } from "../gateways/refused.ts";
import { ConfigurationError } from "../runtime/configuration.ts";

/** The configured gateways, by name. */
export class GatewayRegistry implements GatewayDirectory {
  readonly #gateways: ReadonlyMap<GatewayName, PaymentGateway>;

  constructor(gateways: readonly PaymentGateway[]) {
    this.#gateways = new Map(gateways.map((gateway) => [gateway.capabilities.name, gateway]));
  }

  /** @throws Refused when the gateway is not configured. */
  async get(name: GatewayName): Promise<PaymentGateway> {
    const gateway = this.#gateways.get(name);
    if (gateway === undefined) throw new Refused(`the gateway ${name} is not configured`);
    return gateway;
  }
}

/** Every gateway's variables, so that the worker's environment is checked as one. */
export const gatewayEnvironment = environmentOf(providers);

/**
 * Makes the adapters whose keys are set. They are not called yet.
 * @throws ConfigurationError with what is missing beside what was given, for all gateways at once.
 */
export function connectGateways(
  environment: Readonly<Record<string, unknown>>,
  deps: ProviderDeps,
): readonly PaymentGateway[] {
  const { made, problems } = connectAll(providers, (one) => one.connect(environment, deps));
  const lines = problems.map(({ name, message }) => `${name}: ${message}`);
  if (lines.length > 0) throw new ConfigurationError("worker", lines);
  return made;
}
