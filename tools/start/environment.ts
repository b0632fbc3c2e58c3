import { providers } from "../../gateways/payments/registry.ts";
import { webhookEnvironment } from "../../gateways/payments/webhooks.ts";
import { gatewayEnvironment } from "../../workers/gateways.ts";
import type { Configuration } from "./configuration.ts";
import type { StartContext } from "./start-context.ts";

type Variables = Record<string, string>;

/** What any program may need of the machine; no secret is among them. */
const ofTheMachine = [
  "PATH",
  "HOME",
  "LANG",
  "TZ",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
];

function picked({ given }: Configuration, names: readonly string[]): Variables {
  const found = names.map((name) => [name, given[name]] as const);
  return Object.fromEntries(
    found.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** What every process of ours is given. */
export function baseEnvironment(configuration: Configuration): Variables {
  const machine = picked(configuration, ofTheMachine);
  return { ...machine, NODE_ENV: "production", LOG_LEVEL: configuration.LOG_LEVEL };
}

/**
 * A person's own Temporal settings, as they stand: the SDK's configuration reads them in each
 * process.
 */
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

/** The database as one of our two roles sees it. */
function databaseUrl({ addresses, secrets }: StartContext, role: Role): string {
  const url = new URL(required(addresses.databaseOwnerUrl, "postgres"));
  url.username = `tollgate_${role}`;
  url.password = role === "writer" ? secrets.writerPassword : secrets.readerPassword;
  return url.href;
}

function connections(stage: StartContext, role: Role): Variables {
  const { temporal, redisUrl } = stage.addresses;
  return {
    DATABASE_URL: databaseUrl(stage, role),
    ...required(temporal, "temporal"),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  };
}

function telegram({ configuration, addresses }: StartContext): Variables {
  const official = configuration.TELEGRAM_API_ROOT ?? "https://api.telegram.org";
  return {
    BOT_TOKEN: configuration.botToken,
    TELEGRAM_API_ROOT: addresses.telegramUrl ?? official,
  };
}

export function migrationEnvironment(stage: StartContext): Variables {
  return {
    ...baseEnvironment(stage.configuration),
    DATABASE_OWNER_URL: required(stage.addresses.databaseOwnerUrl, "postgres"),
    DATABASE_WRITER_PASSWORD: stage.secrets.writerPassword,
    DATABASE_READER_PASSWORD: stage.secrets.readerPassword,
  };
}

/** The one process that acts: it holds the keys of hosts and people. */
export function workerEnvironment(stage: StartContext, metricsPort: number): Variables {
  const { configuration, addresses, secrets } = stage;
  return {
    ...baseEnvironment(configuration),
    ...connections(stage, "writer"),
    ...telegram(stage),
    ...picked(configuration, ofTheWorker),
    ...gatewayVariables(stage, Object.keys(gatewayEnvironment)),
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

const ofTheWorker = [
  "TRIAL_DAYS",
  "AUTO_APPROVE",
  "REAPPLY_AFTER_DAYS",
  "REFUND_APPROVAL_ABOVE",
  "SHOP_STARTED_AT",
];

/** The person's own gateways, and the demo's for those that are not configured. */
function gatewayVariables(
  { configuration, addresses }: StartContext,
  names: readonly string[],
): Variables {
  const emulated = Object.entries(addresses.gateways ?? {}).filter(([name]) =>
    names.includes(name),
  );
  const given = picked(configuration, names);
  const own = new Set(Object.keys(given).map(gatewayOf));
  return {
    ...Object.fromEntries(emulated.filter(([name]) => !own.has(gatewayOf(name)))),
    ...given,
  };
}

/** The gateway that declares this variable. */
const gatewayOf = (variable: string): string | undefined =>
  providers.find(({ environment }) => variable in environment)?.name;

export function apiEnvironment(stage: StartContext, metricsPort: number): Variables {
  const { configuration, addresses } = stage;
  const { webFolder, temporalUiUrl } = addresses;
  return {
    ...baseEnvironment(configuration),
    ...connections(stage, "reader"),
    ...webhookAddress(configuration),
    ...gatewayVariables(stage, Object.keys(webhookEnvironment)),
    ...(configuration.demo ? demo(stage) : picked(configuration, ["API_HOST"])),
    API_PORT: String(configuration.API_PORT),
    METRICS_PORT: String(metricsPort),
    METRICS_URL: `http://127.0.0.1:${configuration.METRICS_PORT}/metrics`,
    ...(temporalUiUrl === undefined ? {} : { TEMPORAL_UI_URL: temporalUiUrl }),
    ...(webFolder === undefined ? {} : { WEB_DIST: webFolder }),
  };
}

/** Where the api hands Telegram's webhook calls on to, when the bot takes them. */
function webhookAddress(configuration: Configuration): Variables {
  if (configuration.BOT_MODE !== "webhook") return {};
  return { BOT_WEBHOOK_URL: `http://127.0.0.1:${configuration.WEBHOOK_PORT}` };
}

function demo(stage: StartContext): Variables {
  const { configuration, addresses } = stage;
  const { telegramUrl, vpnClientUrl, hostKind } = addresses;
  const [admin = ""] = configuration.adminIds.split(",");
  return {
    DEMO_ADMIN_ID: admin.trim(),
    ...(hostKind === undefined ? {} : { DEMO_VPN_HOST: hostKind }),
    ...(telegramUrl === undefined ? {} : { DEMO_TELEGRAM_URL: telegramUrl }),
    ...(vpnClientUrl === undefined ? {} : { DEMO_VPN_CLIENT_URL: vpnClientUrl }),
    ...emulatedGateways(stage),
  };
}

const addressedBy = {
  DEMO_CRYPTOBOT_URL: "CRYPTOBOT_URL",
  DEMO_TBANK_URL: "TBANK_URL",
  DEMO_TONCENTER_URL: "TONCENTER_URL",
} as const;

/** Only what the product talks to: a gateway of the person's own is none of the demo's. */
function emulatedGateways(stage: StartContext): Variables {
  const used = gatewayVariables(stage, Object.keys(gatewayEnvironment));
  const pairs = Object.entries(addressedBy).flatMap(([demo, address]) => {
    const emulated = stage.addresses.gateways?.[address];
    return emulated === undefined || used[address] !== emulated ? [] : [[demo, emulated] as const];
  });
  return Object.fromEntries(pairs);
}

export function botEnvironment(stage: StartContext, metricsPort: number): Variables {
  const { configuration } = stage;
  const webhook = Object.keys(configuration.given).filter((name) => name.startsWith("WEBHOOK_"));
  return {
    ...baseEnvironment(configuration),
    ...connections(stage, "reader"),
    ...telegram(stage),
    ...picked(configuration, ["SUPPORT_CONTACT", ...webhook]),
    BOT_MODE: configuration.BOT_MODE,
    METRICS_PORT: String(metricsPort),
  };
}

function required<Value>(value: Value | undefined, part: string): Value {
  if (value === undefined) throw new Error(`the part ${part} has not told its address`);
  return value;
}
