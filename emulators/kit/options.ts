import * as z from "zod";

// An option is read from code, in its own type, or from the environment, as text: each schema takes
// both. A variable is named by its emulator's prefix and the option (`webhookUrl` of
// `TBANK_EMULATOR` is TBANK_EMULATOR_WEBHOOK_URL) unless `meta` gives another name; an empty one
// keeps the option out of the environment.

/** A whole number. */
export const whole = () => z.coerce.number<number | string>().int();

/** True or false; as text also `1`, `0`, `yes`, `no`, `on`, `off`. */
export const flag = () => z.union([z.boolean(), z.stringbool()]);

/** A list of texts; as text with commas between them. */
export const list = () =>
  z.union([
    z.array(z.string()).readonly(),
    z.string().transform((text) => text.split(",").filter(Boolean)),
  ]);

/** Where the server listens on 127.0.0.1; 0 takes any free port. */
export const portOr = (usual: number) => whole().min(0).max(65_535).default(usual);

/** The file that keeps everything over restarts, even after a kill; unset, nothing is kept. */
export const dataFile = (prefix: string) =>
  z
    .string()
    .optional()
    .meta({ variable: `${prefix}_DATA` });

/** Milliseconds since 1970: a clock for tests. */
export const clock = z
  .custom<() => number>((value) => typeof value === "function")
  .default(() => Date.now)
  .meta({ variable: "" });

/** Refuses to start beside a real bot: money and keys here are emulated. */
export const demoBotToken = z
  .literal("123456:TEST", "is a real one: the emulator serves the demo only")
  .optional()
  .meta({ variable: "BOT_TOKEN" });

/** The name of the variable that holds an option; undefined for one that code alone can set. */
export function variableOf(
  prefix: string,
  option: string,
  schema: { meta(): object | undefined },
): string | undefined {
  const { variable } = (schema.meta() ?? {}) as { variable?: string };
  if (variable !== undefined) return variable || undefined;
  return `${prefix}_${option.replace(/[A-Z]/gu, "_$&").toUpperCase()}`;
}
