/** In the order in which the table lists them. */
export const serviceNames = [
  "postgres",
  "temporal",
  "redis",
  "telegram",
  "gateways",
  "vpn-host",
  "vpn-client",
  "web",
  "workflows",
  "migrations",
  "worker",
  "api",
  "bot",
] as const;

/** The name of a service, as `--only` and the table have it. */
export type ServiceName = (typeof serviceNames)[number];

/** Whether a word from the command line names a service. */
export const isServiceName = (name: string): name is ServiceName =>
  (serviceNames as readonly string[]).includes(name);
