import type * as z from "zod";
import type { GatewayDemo } from "./demo.ts";
import type { PaymentGateway } from "./port.ts";

/** What a gateway may need besides its own variables: Stars are requested through the bot. */
export interface ProviderDeps {
  readonly botToken: string;
  readonly telegramApiRoot: string;
}

/** How a gateway is made from the environment. */
export interface Provider<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  /** Its variables. All are optional: without its keys a gateway is switched off. */
  readonly environment: Shape;
  /** Those of its variables without which it is switched off; none: it needs no key of its own. */
  readonly keys: readonly string[];
  /** How `npm start` emulates it without a real bot; undefined: the demo does not have it. */
  readonly demo?: GatewayDemo;
  /**
   * Makes the gateway, and does not call it yet; undefined where it is switched off.
   * @throws Error that names what is missing beside what was given.
   */
  connect(env: z.output<z.ZodObject<Shape>>, deps: ProviderDeps): PaymentGateway | undefined;
}

/**
 * Checks variables that need each other; undefined where none of them was given.
 * @throws Error that names the missing ones beside the others.
 */
export function requireTogether<Given extends Readonly<Record<string, unknown>>>(
  given: Given,
): { [Name in keyof Given]: NonNullable<Given[Name]> } | undefined {
  const names = Object.keys(given);
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === names.length) return undefined;
  if (missing.length === 0) return given as { [Name in keyof Given]: NonNullable<Given[Name]> };
  const set = names.filter((name) => !missing.includes(name));
  throw new Error(`${missing.join(", ")}: must be set beside ${set.join(", ")}, or none of them`);
}
