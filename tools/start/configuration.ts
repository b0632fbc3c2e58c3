import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import { botEnvironment } from "../../bot/config.ts";
import { variables } from "../../runtime/environment.ts";
import { workerEnvironment } from "../../workers/config.ts";
import { gatewayEnvironment } from "../../workers/gateways.ts";
import { isExecutable } from "../servers/executables.ts";
import { UserError } from "../servers/process.ts";
import { emulatorPorts } from "./emulators.ts";

/** The bot that Telegram's emulator knows; no real token looks like this one. */
const demoToken = "123456:TEST";
const demoAdmin = "1001";

const port = variables.port.refine((number) => number > 0, "must be a port, 1 to 65535");

/** The ports of `npm start` where no variable says another. */
const usualPorts = {
  API_PORT: 8_000,
  METRICS_PORT: 9_090,
  TEMPORAL_PORT: 7_233,
  TEMPORAL_UI_PORT: 8_233,
  TELEGRAM_EMULATOR_PORT: 8_081,
  VPN_CLIENT_EMULATOR_PORT: 8_086,
} as const;
const allUsualPorts: Readonly<Record<string, number>> = { ...usualPorts, ...emulatorPorts };
const portNames = [...Object.keys(allUsualPorts), "POSTGRES_PORT", "REDIS_PORT"];
const portWithDefault = (name: keyof typeof usualPorts) => port.default(usualPorts[name]);

const workerVariables = workerEnvironment.shape;
const botVariables = botEnvironment.shape;

/** All variables, checked once before anything is started. Each process parses its own again. */
const environment = z.object({
  BOT_TOKEN: variables.botToken.optional(),
  TELEGRAM_API_ROOT: variables.httpUrl.optional(),
  ADMIN_IDS: workerVariables.ADMIN_IDS.optional(),
  SUPPORT_IDS: workerVariables.SUPPORT_IDS,
  VIEWER_IDS: workerVariables.VIEWER_IDS,
  DATABASE_URL: variables.databaseUrl.optional(),
  REDIS_URL: variables.redisUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress.optional(),
  TEMPORAL_CLI_PATH: z.string().refine(isExecutable, "must be an executable file").optional(),
  TEMPORAL_UI_URL: variables.httpUrl.optional(),
  HOSTS_FILE: workerVariables.HOSTS_FILE,
  ENCRYPTION_KEYS: workerVariables.ENCRYPTION_KEYS.optional(),
  TRIAL_DAYS: workerVariables.TRIAL_DAYS,
  AUTO_APPROVE: workerVariables.AUTO_APPROVE,
  REAPPLY_AFTER_DAYS: workerVariables.REAPPLY_AFTER_DAYS,
  PLANS_FILE: workerVariables.PLANS_FILE,
  REFUND_APPROVAL_ABOVE: workerVariables.REFUND_APPROVAL_ABOVE,
  SHOP_STARTED_AT: workerVariables.SHOP_STARTED_AT,
  ...gatewayEnvironment,
  LOG_LEVEL: variables.logLevel,
  BOT_MODE: botVariables.BOT_MODE,
  WEBHOOK_URL: botVariables.WEBHOOK_URL,
  WEBHOOK_SECRET: botVariables.WEBHOOK_SECRET,
  WEBHOOK_PORT: botVariables.WEBHOOK_PORT,
  PUBLIC_URL: variables.publicUrl,
  PROBE_AGENTS: z.string().optional(),
  SUPPORT_CONTACT: botVariables.SUPPORT_CONTACT,
  SUPPORT_GROUP: botVariables.SUPPORT_GROUP,
  API_PORT: portWithDefault("API_PORT"),
  METRICS_PORT: portWithDefault("METRICS_PORT"),
  TEMPORAL_PORT: portWithDefault("TEMPORAL_PORT"),
  TEMPORAL_UI_PORT: portWithDefault("TEMPORAL_UI_PORT"),
  TELEGRAM_EMULATOR_PORT: portWithDefault("TELEGRAM_EMULATOR_PORT"),
  VPN_CLIENT_EMULATOR_PORT: portWithDefault("VPN_CLIENT_EMULATOR_PORT"),
  POSTGRES_PORT: port.optional(),
  REDIS_PORT: port.optional(),
});

/** The ports of the emulated gateways, by their variables. */
const gatewayPorts = z.object(
  Object.fromEntries(
    Object.entries(emulatorPorts).map(([name, usual]) => [name, port.default(usual)]),
  ),
);

type Environment = z.infer<typeof environment>;

/** The checked configuration of `npm start`. */
export interface Configuration extends Readonly<Omit<Environment, "HOSTS_FILE" | "PLANS_FILE">> {
  readonly hostsFile: string | undefined;
  readonly plansFile: string | undefined;
  readonly dataDir: string;
  /** There is no real bot: Telegram and everything else that is not configured is emulated. */
  readonly demo: boolean;
  readonly botToken: string;
  /** Every port that is listened on, by its variable; of PostgreSQL and Redis only a given one. */
  readonly ports: Readonly<Record<string, number | undefined>>;
  readonly adminIds: string;
  /**
   * Every variable as it was written, for the processes that parse it themselves;
   * without empty ones.
   */
  readonly given: Variables;
}

/**
 * Reads and checks the whole configuration. Relative paths in it are resolved against `root`.
 * @throws UserError that lists every mistake, not only the first.
 */
export function readConfiguration(env: NodeJS.ProcessEnv, root: string): Configuration {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = z.intersection(environment, gatewayPorts).safeParse(given);
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`)),
    ...contradictions(given),
  ];
  if (!parsed.success || problems.length > 0) {
    const list = problems.map((problem) => `  - ${problem}`).join("\n");
    throw new UserError(`the configuration is not right, nothing was started:\n${list}`);
  }
  const demo = isDemo(given);
  const hosts = given["HOSTS_FILE"];
  return {
    ...parsed.data,
    hostsFile: hosts === undefined ? undefined : resolve(root, hosts),
    plansFile: plansFile(given, root),
    demo,
    given,
    ports: Object.fromEntries(
      portNames.map((name) => [name, (parsed.data as Readonly<Record<string, number>>)[name]]),
    ),
    dataDir: resolve(root, given["TOLLGATE_DATA"] ?? ".tollgate"),
    botToken: parsed.data.BOT_TOKEN ?? demoToken,
    adminIds: given["ADMIN_IDS"] ?? demoAdmin,
  };
}

/** The operator's file, else the one beside the code; undefined when neither exists. */
function plansFile(given: Variables, root: string): string | undefined {
  const named = given["PLANS_FILE"];
  if (named !== undefined) return resolve(root, named);
  const usual = resolve(root, "plans.json");
  return existsSync(usual) ? usual : undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

const isDemo = (given: Variables): boolean =>
  given["TELEGRAM_API_ROOT"] === undefined && (given["BOT_TOKEN"] ?? demoToken) === demoToken;

function contradictions(given: Variables): string[] {
  const problems: string[] = [];
  if (given["TELEGRAM_API_ROOT"] !== undefined && given["BOT_TOKEN"] === undefined) {
    problems.push("BOT_TOKEN is missing: TELEGRAM_API_ROOT is set, so a bot's token is needed");
  }
  if (!isDemo(given) && given["ADMIN_IDS"] === undefined) {
    problems.push("ADMIN_IDS is missing: with a real bot somebody must be there to approve people");
  }
  if (given["BOT_MODE"] === "webhook" && isDemo(given)) {
    problems.push("BOT_MODE webhook needs a real bot: set BOT_TOKEN, or unset BOT_MODE");
  }
  for (const name of ["WEBHOOK_URL", "WEBHOOK_SECRET"]) {
    if (given["BOT_MODE"] !== "webhook" || given[name] !== undefined) continue;
    problems.push(`${name} is missing: BOT_MODE is webhook`);
  }
  return [...problems, ...sharedPorts(given)];
}

function sharedPorts(given: Variables): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  const usual: Variables = Object.fromEntries(
    Object.entries(allUsualPorts).map(([name, number]) => [name, `${number}`]),
  );
  for (const name of portNames) {
    const value = given[name] ?? usual[name];
    if (value === undefined) continue;
    const owner = owners.get(value);
    if (owner !== undefined) problems.push(`${owner} and ${name} are both ${value}`);
    owners.set(value, name);
  }
  return problems;
}
