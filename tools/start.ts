// `npm start`: the whole product on one machine. See --help.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./servers/process.ts";
import { type Command, helpText, parseCommand } from "./start/command-line.ts";
import { type Configuration, readConfiguration } from "./start/configuration.ts";
import { assignPort, loadSecrets } from "./start/data-dir.ts";
import { demoServices } from "./start/demo-services.ts";
import { Logs } from "./start/logs.ts";
import { preflight } from "./start/preflight.ts";
import { projectRoot } from "./start/product-process.ts";
import { productServices } from "./start/product-services.ts";
import { reset } from "./start/reset.ts";
import { RunFile } from "./start/run-file.ts";
import { serverServices } from "./start/server-services.ts";
import type { ServiceName } from "./start/service-name.ts";
import { withNeeds } from "./start/service.ts";
import type { StartContext } from "./start/start-context.ts";
import { serveStatus } from "./start/status-server.ts";
import { Aborted, Supervisor } from "./start/supervisor.ts";
import { table } from "./start/table.ts";

const say = (line: string): void => console.log(`tollgate: ${line}`);

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command.help) return void process.stdout.write(helpText);
  const file = process.env["TOLLGATE_ENV_FILE"] ?? join(projectRoot, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  const configuration = readConfiguration(process.env, projectRoot);
  const run = new RunFile(configuration.dataDir);
  run.refuseSecond();
  if (command.reset) {
    await run.endLeftovers();
    const done = await reset(configuration.dataDir, command.yes);
    return say(done ? "all data of the embedded services is deleted" : "nothing was deleted");
  }
  await startAll(configuration, command, run);
}

async function startAll(
  configuration: Configuration,
  command: Command,
  run: RunFile,
): Promise<void> {
  const services = withNeeds(
    [...serverServices, ...demoServices, ...productServices],
    command.only,
  );
  const names = services.map(({ name }) => name);
  if (!configuration.demo) refuseEmulators(command.only ?? []);
  const left = await run.endLeftovers();
  if (left.length > 0) say(`ended what a killed start had left running: ${left.join(", ")}`);
  await preflight(configuration, names);

  const context = createContext(configuration, run);
  const supervisor = new Supervisor(services, context);
  const end = endOnSignal(supervisor, run);
  try {
    await serveStatus(configuration.METRICS_PORT, supervisor);
    await supervisor.startAll();
    console.log(table(configuration, context.addresses, supervisor.started));
  } catch (error) {
    if (!(error instanceof Aborted)) {
      printError(error);
      await end(1);
    }
  }
}

const emulated = new Set<ServiceName>(["telegram", "gateways", "vpn-client"]);

/** Emulated money and people must never run beside a real bot. */
function refuseEmulators(names: readonly ServiceName[]): void {
  const refused = names.filter((name) => emulated.has(name));
  if (refused.length === 0) return;
  throw new UserError(
    `${refused.join(", ")} belongs to the demo and BOT_TOKEN names a real bot: remove one of them`,
  );
}

function createContext(configuration: Configuration, run: RunFile): StartContext {
  const { dataDir } = configuration;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  run.claim();
  const logs = new Logs(dataDir, say);
  return {
    configuration,
    secrets: loadSecrets(dataDir),
    addresses: {},
    logs,
    assignPort: (name) => assignPort(dataDir, name),
    processOptions: (name) => ({ logFile: logs.file(name), onSpawn: (pid) => run.add(name, pid) }),
    kill: (name) => run.kill(name),
    say,
  };
}

/**
 * One Ctrl-C arrives twice, from the terminal and through npm: a signal this soon is the same one.
 */
const echoMs = 500;

/**
 * On the first signal stops all services in order, on the second kills them.
 * Returns the orderly stop.
 */
function endOnSignal(supervisor: Supervisor, run: RunFile): (code: number) => Promise<void> {
  let endingSince: number | undefined;
  const leave = (code: number): never => {
    run.kill();
    run.remove();
    process.exit(code);
  };
  const end = async (code: number): Promise<void> => {
    if (endingSince !== undefined) return;
    endingSince = Date.now();
    await supervisor.stopAll().catch(printError);
    leave(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (endingSince !== undefined) {
        if (Date.now() - endingSince > echoMs) leave(1);
        return;
      }
      console.log("\ntollgate: stopping; once more to kill");
      void end(0);
    });
  }
  return end;
}

function printError(error: unknown): void {
  // For an error that nobody foresaw, the place where it happened is worth knowing.
  const { message, stack } = error as Error;
  console.error(`tollgate: ${error instanceof UserError ? message : stack}`);
}

main().catch((error: unknown) => {
  printError(error);
  process.exit(1);
});
