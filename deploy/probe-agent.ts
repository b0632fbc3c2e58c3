// A probe agent: tries to reach VPN hosts from where it runs, for a shop that knows its secret.
// It needs nothing of the shop but this program: no database, no Temporal, no key of a host.
import { createAgent } from "../gateways/hosts/probes/agent.ts";
import { shortestSecret } from "../gateways/hosts/probes/agent-source.ts";
import { reachFromHere } from "../gateways/hosts/probes/reach.ts";

const {
  PROBE_AGENT_SECRET: secret = "",
  HOST: host = "0.0.0.0",
  PORT: port = "8088",
} = process.env;

if (secret.length < shortestSecret) {
  process.stderr.write(
    `PROBE_AGENT_SECRET must have at least ${shortestSecret} characters: openssl rand -hex 16 makes one\n`,
  );
  process.exit(2);
}

const server = createAgent({ secret, reach: reachFromHere });
server.on("error", (error) => {
  process.stderr.write(`the probe agent cannot listen: ${error.message}\n`);
  process.exit(1);
});
server.listen(Number(port), host, () => {
  const at = server.address();
  process.stdout.write(`probe agent on port ${typeof at === "object" ? at?.port : at}\n`);
});
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
