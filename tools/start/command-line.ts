import { parseArgs } from "node:util";
import type { Provider } from "../../gateways/payments/provider.ts";
import { providers } from "../../gateways/payments/registry.ts";
import { UserError } from "../servers/process.ts";
import { emulatorPorts } from "./emulators.ts";
import { isServiceName, type ServiceName, serviceNames } from "./service-name.ts";

/** The parsed command line of `npm start`. */
export interface Command {
  readonly help: boolean;
  readonly reset: boolean;
  readonly yes: boolean;
  /** Which services to start; undefined means all. */
  readonly only: readonly ServiceName[] | undefined;
}

const keysOf = ({ name, keys }: Provider): string =>
  `  ${name.padEnd(17)}  ${keys.length === 0 ? "no key of its own" : keys.join(", ")}`;

/** What `npm start -- --help` prints. */
export const helpText = `Tollgate: sells and gives out VPN access through a Telegram bot.

  npm start                          everything, with embedded servers for what is not configured
  npm start -- --only postgres,api   these services and what they need
  npm start -- --reset               deletes all data of the embedded services, after asking
  npm start -- --reset --yes         the same without asking
  npm start -- --help                this text

Services: ${serviceNames.join(", ")}.

Without BOT_TOKEN it is a demo: Telegram is emulated and the chat is a page in the browser.
Yours instead of embedded, by environment or in a file .env:

  BOT_TOKEN          your bot's token from @BotFather; then ADMIN_IDS is needed too
  ADMIN_IDS          Telegram ids of the admins, e.g. 1001,1002
  DATABASE_URL       postgres://user:password@host/name, of a role that may create roles
  TEMPORAL_ADDRESS   host:port, with TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…
  TEMPORAL_CLI_PATH  a Temporal CLI with server 1.32 or newer
  REDIS_URL          redis://host:port
  HOSTS_FILE         VPN hosts to begin with, a JSON array of {name, capacity, weight, settings}
  ENCRYPTION_KEYS    <id>:<base64 of 32 bytes>, the first one encrypts; made once when absent
  PLANS_FILE         what you sell and for how much; plans.json when absent
  TRIAL_DAYS, AUTO_APPROVE, REFUND_APPROVAL_ABOVE, SHOP_STARTED_AT, LOG_LEVEL

Gateways, each off without its keys (in the demo emulated instead); docs/payments.md says more:

${providers.map(keysOf).join("\n")}

Ports: API_PORT 8000, METRICS_PORT 9090, TEMPORAL_PORT 7233, TEMPORAL_UI_PORT 8233,
TELEGRAM_EMULATOR_PORT 8081, VPN_CLIENT_EMULATOR_PORT 8086, POSTGRES_PORT and REDIS_PORT any free,
${Object.entries(emulatorPorts)
  .map(([name, port]) => `${name} ${port}`)
  .join(", ")}.
Data lies in .tollgate (TOLLGATE_DATA); logs in .tollgate/logs. Ctrl-C stops everything.
`;

/**
 * Parses the arguments of `npm start`.
 * @throws UserError when an option or a service's name is unknown.
 */
export function parseCommand(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h", default: false },
        reset: { type: "boolean", default: false },
        yes: { type: "boolean", short: "y", default: false },
        only: { type: "string" },
      },
    });
    return {
      ...values,
      only: values.only === undefined ? undefined : parseServiceNames(values.only),
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${(error as Error).message.split("\n")[0]} See npm start -- --help`);
  }
}

function parseServiceNames(list: string): ServiceName[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !isServiceName(name));
  if (unknown.length === 0) return names.filter(isServiceName);
  throw new UserError(
    `--only knows no ${unknown.join(", ")}; there are ${serviceNames.join(", ")}`,
  );
}
