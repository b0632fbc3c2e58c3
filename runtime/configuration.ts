import type * as z from "zod";
import { withSecretFiles } from "./secret-files.ts";

/**
 * Everything that is wrong with a process's environment, one problem per line. Values are not
 * shown, since they may be secrets.
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
 * come from a file, see `withSecretFiles`.
 * @throws ConfigurationError with all problems at once.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  processName: string,
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<Schema> {
  const { values, problems } = withSecretFiles(environment, Object.keys(schema.shape));
  const parsed = schema.safeParse(values);
  if (parsed.success && problems.size === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw new ConfigurationError(processName, [
    ...[...problems].map(([name, problem]) => `${name}: ${problem}`),
    // What an unreadable file leaves unset is reported already.
    ...issues
      .filter(({ path }) => !problems.has(String(path[0])))
      .map(
        ({ path, message }) => `${path.join(".")}: ${isAbsent(message) ? "must be set" : message}`,
      ),
  ]);
}

/** Whether it is zod's own message for an absent variable. */
const isAbsent = (message: string): boolean =>
  /^Invalid input: .* received undefined$/u.test(message);
