import { parseArgs } from "node:util";
import type * as z from "zod";
import { variableOf } from "./options.ts";
import { type App, type Emulator, listen } from "./server.ts";

/** One kind of emulator: its name, its options, and what stands behind its server. */
export interface Definition<Options extends z.ZodObject> {
  /** As messages name it. */
  readonly name: string;
  /** What the names of its environment variables begin with, as `TBANK_EMULATOR`. */
  readonly prefix: string;
  /** With a `port`, and a `dataFile` where something is kept. */
  readonly options: Options;
  /** Called once the port is taken, with the server's own URL. */
  open(options: z.output<Options>, url: string): App | Promise<App>;
}

/** An emulator that can be started by code or as a program. */
export interface EmulatorKind<Options extends z.ZodObject> {
  /**
   * Serves on 127.0.0.1 alone.
   * @throws Error that names a wrong option, or the listen error when the port is taken; the data
   *   file is untouched then.
   */
  readonly start: (options: z.input<Options>) => Promise<Emulator>;
  /**
   * Takes its options from the environment, and the data file from `--data` too; runs until SIGTERM
   * or SIGINT. If it cannot start, it says why and what to do on stderr and exits with 1.
   */
  readonly run: () => Promise<void>;
}

/** Makes an emulator of its definition. */
export function defineEmulator<Options extends z.ZodObject>(
  definition: Definition<Options>,
): EmulatorKind<Options> {
  const start = async (given: unknown, nameOf = (option: string) => option) => {
    const options = parseOptions(definition.options, given, nameOf);
    const { port } = options as { port: number };
    return listen(port, async (url) => definition.open(options, url));
  };
  return { start: (options) => start(options), run: () => run(definition, start) };
}

function parseOptions<Options extends z.ZodObject>(
  schema: Options,
  given: unknown,
  nameOf: (option: string) => string,
): z.output<Options> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => {
    return `${nameOf(String(path[0] ?? "an option"))}: ${message}`;
  });
  throw new Error(issues.join("; "));
}

type Start = (given: object, nameOf: (option: string) => string) => Promise<Emulator>;

async function run(definition: Definition<z.ZodObject>, start: Start): Promise<void> {
  const { name, prefix, options } = definition;
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  const variable = (option: string) => {
    const schema = options.shape[option] as z.ZodType | undefined;
    return (schema && variableOf(prefix, option, schema)) ?? option;
  };
  const entries = Object.keys(options.shape).map((option) => {
    // An empty variable counts as one that is not set.
    return [option, process.env[variable(option)] || undefined] as const;
  });
  const given = {
    ...Object.fromEntries(entries),
    ...(values.data ? { dataFile: values.data } : {}),
  };
  try {
    const emulator = await start(given, variable);
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => void emulator.close().then(() => process.exit(0)));
    }
    process.stdout.write(`${name} emulator ready on ${emulator.url}\n`);
  } catch (error) {
    process.stderr.write(`${name} emulator: ${explain(error, variable("port"))}\n`);
    process.exit(1);
  }
}

function explain(error: unknown, portVariable: string): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code !== "EADDRINUSE") return message;
  return `port ${port} is taken: stop what listens there or set ${portVariable}`;
}
