import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { ConfigurationError } from "./configuration.ts";
import { withSecretFiles } from "./secret-files.ts";

export interface Temporal {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  /** Rejects when the server does not answer. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * What the SDK's own environment configuration says: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
 * TEMPORAL_API_KEY (also by TEMPORAL_API_KEY_FILE), TEMPORAL_TLS…
 * @throws ConfigurationError when the key's file cannot be read.
 */
export function temporalOptions() {
  const { given, problems } = withSecretFiles(process.env, ["TEMPORAL_API_KEY"]);
  const told = [...problems].map(([name, problem]) => `${name}: ${problem}`);
  if (told.length > 0) throw new ConfigurationError("temporal", told);
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given });
  return { connectionOptions, namespace: namespace ?? "default" };
}

/**
 * A client that connects at its first call: a server that is away now is no reason not to start.
 */
export function connectTemporal(): Temporal {
  const { connectionOptions, namespace } = temporalOptions();
  const connection = Connection.lazy(connectionOptions);
  return {
    client: new Client({ connection, namespace }),
    connection,
    namespace,
    ping: () =>
      connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      ),
    close: () => connection.close(),
  };
}
