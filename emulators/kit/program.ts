import * as z from "zod";
import { parseArgs } from "node:util";

import type { Emulator } from "./server.ts";

/** The port of an emulator, from the environment. */
export const portOr = (usual: number) => z.coerce.number().int().min(0).max(65_535).default(usual);

/** What a program is: how it is named, what it reads from its environment, how it starts. */
export interface Program<Schema extends z.ZodType> {
  readonly name: string;
  readonly environment: Schema;
  /** The variable that names the port, for whom it is taken. */
  readonly portVariable: keyof z.output<Schema> & string;
  /** `dataFile` is what `--data` gave. */
  start(
    environment: z.output<Schema>,
    dataFile: string | undefined,
  ): Promise<Pick<Emulator, "url" | "close">>;
}

/** Runs until SIGTERM or SIGINT. What keeps it from starting is told in one line, with a remedy. */
export async function run<Schema extends z.ZodType>(program: Program<Schema>): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  // An empty variable counts as one that is not set.
  const given = Object.entries(process.env).filter(([, value]) => value !== "");
  const read = program.environment.safeParse(Object.fromEntries(given));
  if (!read.success) return fail(program.name, z.prettifyError(read.error));
  try {
    const emulator = await program.start(read.data, values.data || undefined);
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => void emulator.close().then(() => process.exit(0)));
    }
    process.stdout.write(`${program.name} emulator ready on ${emulator.url}\n`);
  } catch (error) {
    const { portVariable } = program;
    const port = String((read.data as Record<string, unknown>)[portVariable]);
    const taken = `port ${port} is taken: stop what listens there or set ${portVariable}`;
    const told = error instanceof Error ? error.message : String(error);
    fail(program.name, (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? taken : told);
  }
}

function fail(name: string, message: string): never {
  process.stderr.write(`${name} emulator: ${message}\n`);
  process.exit(1);
}
