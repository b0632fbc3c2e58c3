// `npm start`: the whole product on one machine. See --help.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./servers/process.ts";
import { type Command, helpText, parseCommand } from "./start/command-line.ts";
import { type Configuration, readConfiguration } from "./start/configuration.ts";
import { keptPort, keptSecrets } from "./start/data-dir.ts";
import { demoParts } from "./start/demo-services.ts";
import { Logs } from "./start/logs.ts";
import { preflight } from "./start/preflight.ts";
import { projectRoot } from "./start/product-process.ts";
import { ownParts } from "./start/product-services.ts";
import { reset } from "./start/reset.ts";
import { RunFile } from "./start/run-file.ts";
import { serverParts } from "./start/server-services.ts";
import { type ServiceName, withNeeds } from "./start/service.ts";
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
    return say(done ? "all data of the embedded parts is deleted" : "nothing was deleted");
  }
  await runAll(configuration, command, run);
}

async function runAll(configuration: Configuration, command: Command, run: RunFile): Promise<void> {
  const parts = withNeeds([...serverParts, ...demoParts, ...ownParts], command.only);
  const names = parts.map(({ name }) => name);
  if (!configuration.demo) refuseEmulators(command.only ?? []);
  const left = await run.endLeftovers();
  if (left.length > 0) say(`ended what a killed start had left: ${left.join(", ")}`);
  await preflight(configuration, names);

  const stage = newStage(configuration, run);
  const supervisor = new Supervisor(parts, stage);
  const end = endOnSignal(supervisor, run);
  try {
    await serveStatus(configuration.METRICS_PORT, supervisor);
    await supervisor.startAll();
    console.log(table(configuration, stage.addresses, supervisor.started));
  } catch (error) {
    if (!(error instanceof Aborted)) {
      complain(error);
      await end(1);
    }
  }
}

const emulated = new Set<ServiceName>(["telegram", "gateways", "vpn-client"]);

/** Emulated money and people must never stand beside a real bot. */
function refuseEmulators(asked: readonly ServiceName[]): void {
  const refused = asked.filter((name) => emulated.has(name));
  if (refused.length === 0) return;
  throw new UserError(
    `${refused.join(", ")} belongs to the demo and BOT_TOKEN names a real bot: leave one away`,
  );
}

function newStage(configuration: Configuration, run: RunFile): StartContext {
  const { dataDir } = configuration;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  run.claim();
  const logs = new Logs(dataDir, say);
  return {
    configuration,
    secrets: keptSecrets(dataDir),
    addresses: {},
    logs,
    keptPort: (name) => keptPort(dataDir, name),
    care: (name) => ({ logFile: logs.file(name), onSpawn: (pid) => run.add(name, pid) }),
    kill: (name) => run.kill(name),
    say,
  };
}

/**
 * One Ctrl-C reaches us from the terminal and once more through npm: what follows so soon is an
 * echo.
 */
const echoMs = 500;

/** Stops all in order at the first signal, kills all at the second. */
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
    await supervisor.stopAll().catch(complain);
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

function complain(error: unknown): void {
  // Of what we did not foresee the place is worth knowing.
  const { message, stack } = error as Error;
  console.error(`tollgate: ${error instanceof UserError ? message : stack}`);
}

main().catch((error: unknown) => {
  complain(error);
  process.exit(1);
});
