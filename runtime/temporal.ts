import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { ConfigurationError } from "./configuration.ts";
import { withSecretFiles } from "./secret-files.ts";

/** A connection to Temporal. */
export interface Temporal {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  /** Rejects when the server does not answer within two seconds. */
  ping(): Promise<unknown>;
  /** Closes the connection; call it when no call is running. */
  close(): Promise<void>;
}

/**
 * The SDK's own configuration from the environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
 * TEMPORAL_API_KEY (also from TEMPORAL_API_KEY_FILE), TEMPORAL_TLS…
 * @throws ConfigurationError when the key's file cannot be read.
 */
export function temporalOptions() {
  const { values, problems } = withSecretFiles(process.env, ["TEMPORAL_API_KEY"]);
  const messages = [...problems].map(([name, problem]) => `${name}: ${problem}`);
  if (messages.length > 0) throw new ConfigurationError("temporal", messages);
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: values });
  return { connectionOptions, namespace: namespace ?? "default" };
}

/** A client that connects at its first call: a server that is down now does not prevent a start. */
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
