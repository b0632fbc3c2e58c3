import { Connection } from "@temporalio/client";
import { Client } from "pg";
import { temporalOptions } from "../../runtime/temporal.ts";
import { acceptsConnections, isFree } from "../servers/ports.ts";
import { UserError } from "../servers/process.ts";
import type { Configuration } from "./configuration.ts";
import { emulatorPorts } from "./emulators.ts";
import type { ServiceName } from "./service-name.ts";

/** The variables that name the ports each service listens on. */
const portsOf = {
  postgres: ["POSTGRES_PORT"],
  temporal: ["TEMPORAL_PORT", "TEMPORAL_UI_PORT"],
  redis: ["REDIS_PORT"],
  telegram: ["TELEGRAM_EMULATOR_PORT"],
  gateways: Object.keys(emulatorPorts),
  "vpn-client": ["VPN_CLIENT_EMULATOR_PORT"],
  api: ["API_PORT"],
} as const satisfies Partial<Record<ServiceName, readonly string[]>>;

const demoServiceNames = ["telegram", "gateways", "vpn-client"];

/**
 * Checks, before any service is started, that the ports are free and that the operator's own
 * servers can be used.
 * @throws UserError that lists everything that is missing, one line each.
 */
export async function preflight(
  configuration: Configuration,
  services: readonly ServiceName[],
): Promise<void> {
  const checks = [findTakenPorts(configuration, services)];
  if (services.includes("postgres")) checks.push(checkDatabase(configuration.DATABASE_URL));
  if (services.includes("temporal")) checks.push(checkTemporal(configuration.TEMPORAL_ADDRESS));
  const problems = (await Promise.all(checks)).flat();
  if (problems.length === 0) return;
  if (problems.length === 1) throw new UserError(`${problems[0]}. Nothing was started.`);
  throw new UserError(`nothing was started:\n${problems.map((one) => `  - ${one}`).join("\n")}`);
}

async function findTakenPorts(
  configuration: Configuration,
  services: readonly ServiceName[],
): Promise<string[]> {
  const ownServerVariables = {
    postgres: "DATABASE_URL",
    temporal: "TEMPORAL_ADDRESS",
    redis: "REDIS_URL",
  } as const;
  const needed = Object.entries(portsOf).filter(([service]) => {
    if (demoServiceNames.includes(service) && !configuration.demo) return false;
    if (service in ownServerVariables) {
      const variable = ownServerVariables[service as keyof typeof ownServerVariables];
      if (configuration[variable] !== undefined) return false;
    }
    return (services as readonly string[]).includes(service);
  });
  const names = [...needed.flatMap(([, variables]) => variables), "METRICS_PORT"];
  const checks = names.map(async (name) => {
    const port = configuration.ports[name];
    if (port === undefined || (await isFree(port))) return [];
    return [`port ${port} is taken: stop what listens there or set ${name} to another`];
  });
  return (await Promise.all(checks)).flat();
}

async function checkDatabase(url: string | undefined): Promise<string[]> {
  if (url === undefined) return [];
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const mayCreateRoles =
      "select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user";
    const { rows } = await client.query<{ may: boolean }>(mayCreateRoles);
    if (rows[0]?.may === true) return [];
    return [
      "DATABASE_URL: its role may not create roles: " +
        "run ALTER ROLE … CREATEROLE, or name another role",
    ];
  } catch (error) {
    return [
      `DATABASE_URL: ${describeDatabaseError(error as Error & { code?: string }, new URL(url))}`,
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Shows only the URL's host, user and database, never its password. Codes: PostgreSQL, appendix A.
 */
function describeDatabaseError({ code, message }: Error & { code?: string }, url: URL): string {
  const database = url.pathname.slice(1);
  if (code === "28P01" || code === "28000") {
    return `${url.host} refuses the user ${url.username} or its password: correct them`;
  }
  if (code === "3D000") {
    return `${url.host} has no database ${database}: run CREATE DATABASE ${database}`;
  }
  if (
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/u.test(code ?? "")
  ) {
    return `nothing answers at ${url.host}: start that PostgreSQL or correct the address`;
  }
  return `${url.host} could not be used (${message}): correct it, or unset it for an embedded one`;
}

async function checkTemporal(address: string | undefined): Promise<string[]> {
  if (address === undefined) return [];
  const separator = address.lastIndexOf(":");
  const noAnswer = `nothing answers at ${address}: start that server or correct the address`;
  const host = address.slice(0, separator).replace(/^\[|\]$/gu, "");
  if (!(await acceptsConnections(host, Number(address.slice(separator + 1)), 5_000)))
    return [`TEMPORAL_ADDRESS: ${noAnswer}`];
  const { connectionOptions, namespace } = temporalOptions();
  const connection = Connection.lazy(connectionOptions);
  try {
    await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return [];
  } catch (error) {
    const { code, details } = error as { code?: number; details?: string };
    // gRPC's NOT_FOUND.
    if (code === 5)
      return [`TEMPORAL_NAMESPACE: ${address} has no namespace ${namespace}: create it there`];
    return [
      `TEMPORAL_ADDRESS: ${address} does not answer as a Temporal server ` +
        `(${details ?? "no answer"}): see TEMPORAL_TLS, TEMPORAL_API_KEY`,
    ];
  } finally {
    await connection.close();
  }
}
