import type * as z from "zod";

/** What is made from the environment: an adapter, or a reader of webhooks. */
interface Connectable {
  readonly name: string;
  readonly environment: z.ZodRawShape;
}

/** What was made, and what is missing beside what was given, in words for the operator. */
export interface Connected<Made> {
  readonly made: readonly Made[];
  readonly problems: readonly { readonly name: string; readonly message: string }[];
}

/** The variables of all of them, so that an environment is checked as one. */
export const environmentOf = (all: readonly Connectable[]): z.ZodRawShape =>
  Object.fromEntries(all.flatMap(({ environment }) => Object.entries(environment)));

/** Makes those whose keys are set; `connect` returns undefined for one that is switched off. */
export function connectAll<Provider extends Connectable, Made>(
  all: readonly Provider[],
  connect: (one: Provider) => Made | undefined,
): Connected<Made> {
  const made: Made[] = [];
  const problems: { name: string; message: string }[] = [];
  for (const one of all) {
    try {
      const connected = connect(one);
      if (connected !== undefined) made.push(connected);
    } catch (error) {
      problems.push({ name: one.name, message: (error as Error).message });
    }
  }
  return { made, problems };
}
