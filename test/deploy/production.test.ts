import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { signupApprovalId } from "../../domain/people/approval.ts";
import { findOnPath } from "../../tools/servers/executables.ts";
import { isGoInstalled } from "../../tools/servers/temporal-build.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { Person } from "../drivers/person.ts";
import { inOrder, oneShots, root } from "./compose-file.ts";
import {
  type Container,
  type Deployment,
  endContainers,
  environmentAndCommandOf,
  runContainer,
  runInContainer,
  startContainer,
  waitUntilHealthy,
} from "./containers.ts";
import { inContext, packagesOf } from "./image.ts";
import { type Machine, prepareMachine } from "./machine.ts";

const allRequired = Boolean(process.env["CI"] ?? process.env["TOLLGATE_REQUIRE_ALL"]);

let machine: Machine;
let deployment: Deployment;
const containers = new Map<string, Container>();

const manifest = (path: string) =>
  JSON.parse(readFileSync(join(root, path), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };

const get = (name: string): Container => {
  const container = containers.get(name);
  if (container === undefined) throw new Error(`${name} has not been started`);
  return container;
};

const person = (id: number) => new Person(machine.telegram.url, id);
const api = (path: string) => fetch(`http://127.0.0.1:${machine.ports["api"]}${path}`);

describe.skipIf(!isGoInstalled() && !allRequired)("the compose file, as plain processes", () => {
  beforeAll(async () => {
    machine = await prepareMachine({ installs: allRequired });
    deployment = machine.deployment;
    for (const name of inOrder(deployment.compose)) await bringUp(name);
  }, 900_000);

  afterAll(async () => {
    await endContainers();
    await machine?.close();
  });

  test("the api alone is reached from outside, and it is ready", async () => {
    expect(await (await api("/readyz")).json()).toMatchObject({ status: "ready" });
    expect((await api("/")).headers.get("content-type")).toContain("text/html");
    expect((await api("/demo/info")).status).toBe(404);
  });

  test("a customer gets a key by webhook, with the worker killed while the admin decides", async () => {
    const admin = person(1001);
    await admin.send("/start");
    await admin.waitForMessage(/administrator here/u);
    const customer = person(5001);
    await customer.askForAccess();
    const { messageId, data } = await admin.button(/^decide:signup:5001:\w+:approve$/u);
    await waitUntilIdle(workflowIds.signup(telegramId(5001)));

    await kill("worker");
    await admin.press(messageId, data);
    await bringUp("worker");
    await customer.waitForMessage(/Your key for/u);
    expect(await customer.listKeys()).toEqual([expect.stringContaining("[Interface]")]);
  });

  test("an operator reads and changes settings and plans, and proves the books, in the image", async () => {
    expect(await run("settings", "set", "zone", "Europe/Moscow")).toMatchObject({ code: 0 });
    const { code, output } = await run("settings");
    expect(code).toBe(0);
    expect(output).toMatch(/^zone = Europe\/Moscow \(admin\)$/mu);
    expect(await run("settings", "set", "zone", "Nowhere")).toMatchObject({ code: 1 });
    expect((await run("plans")).output).toMatch(/^month version 1: /mu);
    expect((await run("books")).output).toMatch(/the books agree$/mu);
    expect((await run()).output).toMatch(/^usage:/mu);
  });

  test("preparing the database once more changes nothing, and everybody still gets in", async () => {
    for (const name of oneShots(deployment.compose)) await runContainer(deployment, name);
    expect((await api("/readyz")).status).toBe(200);
  });

  test("the same bot receives updates by long polling too", async () => {
    await stop("bot");
    containers.set("bot", startContainer(deployment, "bot", { BOT_MODE: "polling" }));
    await waitUntilHealthy(deployment, get("bot"));
    const customer = person(5001);
    await customer.send("/devices");
    await customer.waitForMessage(/Your devices/u);
  });

  test.runIf(process.platform === "linux")(
    "no process gets a secret by its environment or command line",
    () => {
      const secrets = readSecrets();
      for (const name of ["worker", "api", "bot"]) {
        const visible = environmentAndCommandOf(get(name));
        expect(visible).toContain("main.ts");
        const found = secrets.filter((text) => text.trim() !== "" && visible.includes(text.trim()));
        expect([name, found]).toEqual([name, []]);
      }
    },
  );

  test.runIf(process.getuid?.() === 0 && allRequired)("none of our processes is root", () => {
    for (const name of ["worker", "api", "bot"]) {
      const status = readFileSync(`/proc/${get(name).child.pid}/status`, "utf8");
      expect(status).toMatch(/^Uid:\t[1-9]/mu);
    }
  });

  test.runIf(allRequired)("the image holds no package that only development needs", () => {
    const packages = packagesOf(deployment.image);
    const { dependencies, devDependencies } = manifest("package.json");
    const web = manifest("web/package.json");
    const emulators = manifest("emulators/package.json");
    const pages = { ...web.dependencies, ...web.devDependencies };
    const development = { ...devDependencies, ...pages, ...emulators.dependencies };
    // These are dependencies of packages that are needed at run time.
    const shared = new Set(["ajv", "@types/node", "pngjs", "@ton/crypto"]);
    const found = Object.keys(development).filter(
      (name) => packages.includes(name) && !(name in dependencies),
    );
    expect(found.filter((name) => !shared.has(name))).toEqual([]);
    expect(packages.filter((name) => name.startsWith("@tollgate"))).toEqual([]);
    const native = join(deployment.image.folder, "node_modules/@temporalio/core-bridge/releases");
    expect(readdirSync(native)).toHaveLength(1);
  });

  test("secrets and local data never reach the build", () => {
    const kept = [
      "secrets/bot_token",
      ".env",
      ".tollgate/secrets.json",
      "web/.env.local",
      ".git/HEAD",
    ];
    expect(kept.filter(inContext)).toEqual([]);
    expect(inContext("workers/main.ts")).toBe(true);
    expect(deployment.image.user).toBe("node");
  });

  test("asked to stop, each process ends in order", async () => {
    for (const name of ["bot", "api", "worker"])
      expect([name, await stop(name)]).toEqual([name, 0]);
  });
});

/** The operator's command, as `docker compose exec bot` runs it. */
const run = (...args: readonly string[]) =>
  runInContainer(deployment, "bot", ["node", "deploy/tollgate.ts", ...args]);

/** Starts a service as the file says; the servers of other images are running already. */
async function bringUp(name: string): Promise<void> {
  const service = deployment.compose.services[name];
  if (["postgres", "redis", "temporal-ui"].includes(name)) return;
  if (oneShots(deployment.compose).includes(name))
    return void (await runContainer(deployment, name));
  const container = startContainer(deployment, name);
  containers.set(name, container);
  const asks = service?.healthcheck?.test[1] ?? "";
  // Without `nc` on this machine we rely on the retries of namespace.sh.
  if (findOnPath(asks) !== undefined || asks === "node")
    await waitUntilHealthy(deployment, container);
}

async function kill(name: string): Promise<void> {
  const { child } = get(name);
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function stop(name: string): Promise<number | null> {
  const { child } = get(name);
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await gone) as [number | null];
  return code;
}

function readSecrets(): string[] {
  const { secretsFolder } = deployment;
  return readdirSync(secretsFolder).map((name) => readFileSync(join(secretsFolder, name), "utf8"));
}

/**
 * Waits until no activity is running: one that dies with its worker is retried only after its
 * timeout.
 */
async function waitUntilIdle(workflowId: string): Promise<void> {
  const connection = await Connection.connect({
    address: `127.0.0.1:${machine.ports["temporal"]}`,
  });
  const { workflow } = new Client({ connection });
  const ids = [workflowId, workflowIds.approval(signupApprovalId(telegramId(5001)))];
  try {
    await eventually(async () => {
      for (const id of ids) {
        const { raw } = await workflow.getHandle(id).describe();
        if (raw.pendingActivities?.length || raw.pendingWorkflowTask) throw new Error(`${id} acts`);
      }
    }, 30_000);
  } finally {
    await connection.close();
  }
}
