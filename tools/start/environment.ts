import { describeDemo } from "../../gateways/payments/demo.ts";
import { providers } from "../../gateways/payments/registry.ts";
import { webhookEnvironment } from "../../gateways/payments/webhooks.ts";
import { gatewayEnvironment } from "../../workers/gateways.ts";
import type { Configuration } from "./configuration.ts";
import type { StartContext } from "./start-context.ts";

type Variables = Record<string, string>;

/** What the variables are taken from. */
type Context = Pick<StartContext, "configuration" | "secrets" | "addresses">;

/** Variables of the machine that any program may need; none of them is a secret. */
const machineVariables = [
  "PATH",
  "HOME",
  "LANG",
  "TZ",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "NODE_COMPILE_CACHE",
];

function pick({ given }: Configuration, names: readonly string[]): Variables {
  const found = names.map((name) => [name, given[name]] as const);
  return Object.fromEntries(
    found.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** The variables that every process of the product is given. */
export function baseEnvironment(configuration: Configuration): Variables {
  const machine = pick(configuration, machineVariables);
  return { ...machine, NODE_ENV: "production", LOG_LEVEL: configuration.LOG_LEVEL };
}

/** The operator's own Temporal settings, unchanged: the SDK reads them in each process. */
export function temporalVariables({ given }: Configuration): Variables {
  const ours = new Set([
    "TEMPORAL_CLI_PATH",
    "TEMPORAL_PORT",
    "TEMPORAL_UI_PORT",
    "TEMPORAL_UI_URL",
  ]);
  const all = Object.entries(given).filter(
    ([name]) => name.startsWith("TEMPORAL_") && !ours.has(name),
  );
  return Object.fromEntries(all.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

type Role = "writer" | "reader";

/** The database's URL for one of our two roles. */
function databaseUrl({ addresses, secrets }: Context, role: Role): string {
  const url = new URL(required(addresses.databaseOwnerUrl, "postgres"));
  url.username = `tollgate_${role}`;
  url.password = role === "writer" ? secrets.writerPassword : secrets.readerPassword;
  return url.href;
}

function connectionVariables(context: Context, role: Role): Variables {
  const { temporal, redisUrl } = context.addresses;
  return {
    DATABASE_URL: databaseUrl(context, role),
    ...required(temporal, "temporal"),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  };
}

function telegramVariables({ configuration, addresses }: Context): Variables {
  const official = configuration.TELEGRAM_API_ROOT ?? "https://api.telegram.org";
  return {
    BOT_TOKEN: configuration.botToken,
    TELEGRAM_API_ROOT: addresses.telegramUrl ?? official,
  };
}

/** Variables of the one process that has the database owner's role. */
export function migrationEnvironment(context: Context): Variables {
  return {
    ...baseEnvironment(context.configuration),
    DATABASE_OWNER_URL: required(context.addresses.databaseOwnerUrl, "postgres"),
    DATABASE_WRITER_PASSWORD: context.secrets.writerPassword,
    DATABASE_READER_PASSWORD: context.secrets.readerPassword,
  };
}

/**
 * Variables of the worker, the only process that writes: it holds the keys of hosts and customers.
 */
export function workerEnvironment(context: Context, metricsPort: number): Variables {
  const { configuration, addresses, secrets } = context;
  return {
    ...baseEnvironment(configuration),
    ...connectionVariables(context, "writer"),
    ...telegramVariables(context),
    ...pick(configuration, workerVariables),
    ...gatewayVariables(context, Object.keys(gatewayEnvironment)),
    ...(configuration.plansFile === undefined ? {} : { PLANS_FILE: configuration.plansFile }),
    ...(addresses.workflowBundle === undefined
      ? {}
      : { WORKFLOW_BUNDLE: addresses.workflowBundle }),
    ADMIN_IDS: configuration.adminIds,
    ENCRYPTION_KEYS: configuration.given["ENCRYPTION_KEYS"] ?? secrets.encryptionKeys,
    ...(addresses.hostsFile === undefined ? {} : { HOSTS_FILE: addresses.hostsFile }),
    METRICS_PORT: String(metricsPort),
  };
}

/** Beside the admins, who are named in each configuration. */
const staffNames = ["SUPPORT_IDS", "VIEWER_IDS"];

const workerVariables = [
  ...staffNames,
  "TRIAL_DAYS",
  "SUPPORT_CONTACT",
  "AUTO_APPROVE",
  "REAPPLY_AFTER_DAYS",
  "REFUND_APPROVAL_ABOVE",
  "SHOP_STARTED_AT",
  "SUPPORT_GROUP",
  "PUBLIC_URL",
  "PROBE_AGENTS",
];

/**
 * The operator's own gateways, and the demo's for those that are not configured: none of their keys
 * is given. What else is given of such a gateway counts, but for what leads to its emulator.
 */
function gatewayVariables(
  { configuration, addresses }: Context,
  names: readonly string[],
): Variables {
  const emulated = Object.entries(addresses.gateways ?? {}).filter(
    ([name]) => names.includes(name) && !isConfigured(configuration, name),
  );
  return { ...pick(configuration, names), ...Object.fromEntries(emulated) };
}

/** Whether a key is given of the gateway that declares this variable. */
function isConfigured({ given }: Configuration, variable: string): boolean {
  const provider = providers.find(({ environment }) => variable in environment);
  return provider?.keys.some((key) => given[key] !== undefined) === true;
}

/** Variables of the api: of a gateway only what verifies its webhooks. */
export function apiEnvironment(context: Context, metricsPort: number): Variables {
  const { configuration, addresses } = context;
  const { webFolder, temporalUiUrl } = addresses;
  return {
    ...baseEnvironment(configuration),
    ...connectionVariables(context, "reader"),
    ...webhookVariables(configuration),
    ...gatewayVariables(context, Object.keys(webhookEnvironment)),
    ...(configuration.demo ? demoVariables(context) : pick(configuration, ["API_HOST"])),
    ...pick(configuration, ["PUBLIC_URL"]),
    API_PORT: String(configuration.API_PORT),
    METRICS_PORT: String(metricsPort),
    METRICS_URL: `http://127.0.0.1:${configuration.METRICS_PORT}/metrics`,
    ...(temporalUiUrl === undefined ? {} : { TEMPORAL_UI_URL: temporalUiUrl }),
    ...(webFolder === undefined ? {} : { WEB_DIST: webFolder }),
  };
}

/** Where the api forwards Telegram's webhook calls, when the bot receives updates that way. */
function webhookVariables(configuration: Configuration): Variables {
  if (configuration.BOT_MODE !== "webhook") return {};
  return { BOT_WEBHOOK_URL: `http://127.0.0.1:${configuration.WEBHOOK_PORT}` };
}

function demoVariables(context: Context): Variables {
  const { configuration, addresses } = context;
  const { telegramUrl, vpnClientUrl, hostKind } = addresses;
  const [admin = ""] = configuration.adminIds.split(",");
  return {
    DEMO_ADMIN_ID: admin.trim(),
    ...(hostKind === undefined ? {} : { DEMO_VPN_HOST: hostKind }),
    ...(telegramUrl === undefined ? {} : { DEMO_TELEGRAM_URL: telegramUrl }),
    ...(vpnClientUrl === undefined ? {} : { DEMO_VPN_CLIENT_URL: vpnClientUrl }),
    DEMO_GATEWAYS: JSON.stringify(demoGateways(context)),
  };
}

/**
 * What the demo's page shows of the gateways, and where the emulator of each is. Only emulators
 * that the product uses: a gateway that the operator configured is not emulated.
 */
function demoGateways(context: Context) {
  const { telegramUrl, gateways: emulated } = context.addresses;
  const used = gatewayVariables(context, Object.keys(gatewayEnvironment));
  return providers.flatMap(({ name, demo }) => {
    if (demo === undefined) return [];
    const variable = demo.emulator?.urlVariable;
    const url = variable === undefined ? telegramUrl : emulated?.[variable];
    const isUsed = variable === undefined || used[variable] === url;
    return url === undefined || !isUsed ? [] : [describeDemo(name, url, demo)];
  });
}

/** Variables of the bot: no gateway secret, and a database role that only reads. */
export function botEnvironment(context: Context, metricsPort: number): Variables {
  const { configuration } = context;
  const { temporalUiUrl } = context.addresses;
  const webhook = Object.keys(configuration.given).filter((name) => name.startsWith("WEBHOOK_"));
  return {
    ...baseEnvironment(configuration),
    ...connectionVariables(context, "reader"),
    ...telegramVariables(context),
    ...pick(configuration, [
      ...staffNames,
      "SUPPORT_CONTACT",
      "SUPPORT_GROUP",
      "PUBLIC_URL",
      ...webhook,
    ]),
    ADMIN_IDS: configuration.adminIds,
    ...(temporalUiUrl === undefined ? {} : { TEMPORAL_UI_URL: temporalUiUrl }),
    BOT_MODE: configuration.BOT_MODE,
    METRICS_PORT: String(metricsPort),
  };
}

/** Variables of the operator's command: it reads, and reaches Temporal. */
export const commandEnvironment = (context: Context): Variables => ({
  ...baseEnvironment(context.configuration),
  ...connectionVariables(context, "reader"),
});

function required<Value>(value: Value | undefined, service: string): Value {
  if (value === undefined) throw new Error(`the service ${service} has not set its address`);
  return value;
}
