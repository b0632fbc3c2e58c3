import type { z } from "zod";
import type { PaymentGateway } from "./port.ts";

/** What a gateway may need that is not its own: Stars are asked for through the bot. */
export interface ProviderDeps {
  readonly botToken: string;
  readonly telegramApiRoot: string;
}

/** How a gateway comes to be from the environment. */
export interface Provider<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  /** Its variables. None of them has to be given: a gateway is switched off by leaving out its keys. */
  readonly environment: Shape;
  /**
   * Undefined: it is switched off. Nothing is asked of it yet.
   * @throws Error that names what is missing beside what was given.
   */
  connect(env: z.output<z.ZodObject<Shape>>, deps: ProviderDeps): PaymentGateway | undefined;
}

/**
 * Variables that mean something together alone. Undefined: none of them was given.
 * @throws Error that names those that are missing beside the others.
 */
export function together<Given extends Readonly<Record<string, unknown>>>(
  given: Given,
): { [Name in keyof Given]: NonNullable<Given[Name]> } | undefined {
  const names = Object.keys(given);
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === names.length) return undefined;
  if (missing.length === 0) return given as { [Name in keyof Given]: NonNullable<Given[Name]> };
  const set = names.filter((name) => !missing.includes(name));
  throw new Error(`${missing.join(", ")}: must be set beside ${set.join(", ")}, or none of them`);
}
