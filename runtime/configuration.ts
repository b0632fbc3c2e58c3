import type { z } from "zod";
import { withSecretFiles } from "./secret-files.ts";

/**
 * Everything that is wrong with a process's environment, one line each. Values are not shown: they
 * may be secrets.
 */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(processName: string, problems: readonly string[]) {
    super(
      [
        `${processName}: the environment is not usable:`,
        ...problems.map((problem) => `  - ${problem}`),
        "Nothing was started. See .env.example for what each variable means.",
      ].join("\n"),
    );
  }
}

/**
 * Reads a process's own part of the environment. An empty variable counts as absent; each may also
 * come as a file, see `withSecretFiles`.
 * @throws ConfigurationError with all problems at once.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  processName: string,
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<Schema> {
  const { given, problems } = withSecretFiles(environment, Object.keys(schema.shape));
  const parsed = schema.safeParse(given);
  if (parsed.success && problems.size === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw new ConfigurationError(processName, [
    ...[...problems].map(([name, problem]) => `${name}: ${problem}`),
    // What a broken file leaves unset has been said already.
    ...issues
      .filter(({ path }) => !problems.has(String(path[0])))
      .map(
        ({ path, message }) => `${path.join(".")}: ${isAbsent(message) ? "must be set" : message}`,
      ),
  ]);
}

/** What zod says of itself where a variable is absent that has no word of its own for it. */
const isAbsent = (message: string): boolean =>
  /^Invalid input: .* received undefined$/u.test(message);
