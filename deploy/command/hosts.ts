import { randomUUID } from "node:crypto";
import { DurableClient } from "../../client/durable.ts";
import { changeHost, findHostDrift, startHostTest, waitForHostTest } from "../../client/hosts.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { type HostDetails, HostQueries } from "../../db/queries/access/hosts.ts";
import { MaintenanceQueries } from "../../db/queries/access/maintenances.ts";
import { listOwners } from "../../db/queries/access/owners.ts";
import { findBoxKey, sealFor } from "../../db/sealed-box.ts";
import type { HostChange } from "../../domain/access/host-change.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { instant } from "../../domain/time.ts";
import { readHostsFile, readJsonFile } from "../../gateways/hosts/hosts-file.ts";
import { hostSettings } from "../../gateways/hosts/registry.ts";
import { connectTemporal } from "../../runtime/temporal.ts";
import { adopt } from "./adopt.ts";
import { driftInFull, driftLines } from "./drift-lines.ts";
import type { HostCommand } from "./host-arguments.ts";
import {
  describeHostResult,
  hostCard,
  hostTable,
  lossLines,
  maintenanceLine,
  migrationLine,
  removalLines,
  reportLines,
  stateOf,
  takesNew,
} from "./host-lines.ts";
import type { AddHost } from "./install-host.ts";
import { maintain } from "./host-maintenance.ts";
import { complain, print } from "./output.ts";

/** A worker has to take the change and answer. */
const changeTimeoutMs = 10_000;
/** A host that does not answer is waited for on several ways. */
const testTimeoutMs = 90_000;

/** As a host's longest listing. */
const driftTimeoutMs = 200_000;

const usualCapacity = 200;
const usualWeight = 1;

/** What asks for no host that is there, or reads no database. */
type Elsewhere = { readonly kind: "export" | "install" };
type Changing = Exclude<
  HostCommand,
  { kind: "list" | "show" | "test" | "drift" | "adopt" | "import" } | Elsewhere
>;

/**
 * Does what an operator asks for about hosts, but for the export.
 * @returns the exit code: 1 if nothing was done, or if a test found the host unusable.
 */
export async function runHostCommand(
  em: EntityManager,
  command: Exclude<HostCommand, Elsewhere>,
): Promise<number> {
  const all = await new HostQueries(em).list(instant(new Date()));
  if (command.kind === "import") return importFile(em, command, all);
  if (command.kind === "list") {
    return print(command.json ? [inJson(all.map(plain))] : hostTable(all));
  }
  if (command.kind === "add") return add(em, command);
  if (command.kind === "maintenance") return maintain(em, command, { all, change });
  const host = all.find(({ name }) => name === command.name);
  if (host === undefined)
    return complain(`there is no host "${command.name}": hosts list has them`);
  switch (command.kind) {
    case "show":
      return show(em, host, command.json);
    case "test":
      return test(host, command.json);
    case "drift":
      return drift(em, host, command.json);
    case "adopt":
      return adopt(host, command, withClient);
    case "edit":
      return edit(em, host, command);
    case "drain":
    case "resume":
      return change(host.name, { kind: command.kind, hostId: host.id });
    case "migrate":
      return migrate(host, command, all);
    case "lost":
      if (!command.isSure) return complain(lossLines(host, all).join("\n"));
      return change(host.name, { kind: "lose", hostId: host.id });
    case "remove":
      if (!command.isSure) return complain(removalLines(host, all).join("\n"));
      return change(host.name, { kind: "remove", hostId: host.id });
  }
}

async function show(em: EntityManager, host: HostDetails, json: boolean): Promise<number> {
  const migration = await new HostQueries(em).findMigration(host.id);
  const maintenance = await new MaintenanceQueries(em).findLast(host.id, instant(new Date()));
  const more = { ...(migration && { migration }), ...(maintenance && { maintenance }) };
  if (json) return print([inJson({ ...plain(host), ...more })]);
  return print([
    ...hostCard(host),
    ...(migration === undefined ? [] : [migrationLine(migration)]),
    ...(maintenance === undefined ? [] : [maintenanceLine(maintenance)]),
  ]);
}

async function migrate(
  { id: hostId, name }: HostDetails,
  { to, rate, isAbort }: Extract<Changing, { kind: "migrate" }>,
  all: readonly HostDetails[],
): Promise<number> {
  if (isAbort) return change(name, { kind: "abortMigration", hostId });
  const target = all.find((host) => host.name === to);
  if (to !== undefined && target === undefined) return complain(`there is no host "${to}"`);
  return change(name, {
    kind: "migrate",
    hostId,
    ...(target === undefined ? {} : { to: target.id }),
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
  });
}

const inJson = (value: unknown): string => JSON.stringify(value, null, 2);

const plain = (host: HostDetails) => ({
  ...host,
  state: stateOf(host),
  takesNew: takesNew(host),
});

async function add(
  em: EntityManager,
  {
    name,
    file,
    capacity = usualCapacity,
    weight = usualWeight,
  }: Extract<Changing, { kind: "add" }>,
): Promise<number> {
  const read = readJsonFile(file);
  if ("problem" in read) return complain(`${file} ${read.problem}`);
  const checked = hostSettings.safeParse(read.content);
  if (!checked.success) {
    const problems = checked.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    return complain(`${file}: ${problems.join("; ")}`);
  }
  return changeSealed(em, name, (seal) => {
    return { kind: "add", name, capacity, weight, settings: seal(read.content) };
  });
}

/** Adds a host that has just been set up, and tests it from the worker. @returns the exit code. */
export async function addInstalled(
  em: EntityManager,
  { name, capacity = usualCapacity, weight = usualWeight, settings }: Parameters<AddHost>[0],
): Promise<number> {
  const added = await changeSealed(em, name, (seal) => {
    return { kind: "add", name, capacity, weight, settings: seal(settings) };
  });
  if (added !== 0) return added;
  const all = await new HostQueries(em).list(instant(new Date()));
  const host = all.find((one) => one.name === name);
  return host === undefined ? complain(`there is no host "${name}"`) : test(host, false);
}

async function edit(
  em: EntityManager,
  host: HostDetails,
  { file, capacity, weight, location }: Extract<Changing, { kind: "edit" }>,
): Promise<number> {
  const numbers = {
    ...(capacity !== undefined && { capacity }),
    ...(weight !== undefined && { weight }),
    ...(location !== undefined && { location }),
  };
  const base = { kind: "edit", hostId: host.id, ...numbers } as const;
  if (file === undefined) {
    if (Object.keys(numbers).length > 0) return change(host.name, base);
    return complain(
      "what should change? --settings FILE, --capacity N, --weight N or --location CODE",
    );
  }
  const read = readJsonFile(file);
  if ("problem" in read) return complain(`${file} ${read.problem}`);
  if (typeof read.content !== "object" || read.content === null) {
    return complain(`${file} is not a JSON object of the fields that change`);
  }
  return changeSealed(em, host.name, (seal) => ({ ...base, settings: seal(read.content) }));
}

/** Adds the hosts of a file one by one; those that are there already, and equal, stay so. */
async function importFile(
  em: EntityManager,
  { file, updates }: Extract<HostCommand, { kind: "import" }>,
  all: readonly HostDetails[],
): Promise<number> {
  const read = readHostsFile(file);
  if ("problem" in read) return complain(`${file}: ${read.problem}`);
  let code = 0;
  for (const { name, capacity, weight, settings } of read.entries) {
    const there = updates ? all.find((host) => host.name === name) : undefined;
    const done = await changeSealed(em, name, (seal) => {
      const wanted = { capacity, weight, settings: seal(settings) };
      return there === undefined
        ? { kind: "add", name, ...wanted }
        : { kind: "edit", hostId: there.id, ...wanted, isWhole: true };
    });
    code = Math.max(code, done);
  }
  return read.entries.length === 0 ? complain(`${file} has no hosts`) : code;
}

/** Makes a change whose settings are sealed for this request: Temporal never holds them openly. */
async function changeSealed(
  em: EntityManager,
  name: string,
  changeWith: (seal: (settings: unknown) => string) => HostChange,
): Promise<number> {
  const key = await findBoxKey(queriesOf(em));
  if (key === undefined) return complain("no worker has run on this database yet: start one first");
  const requestId = newRequestId();
  const made = changeWith((settings) => sealFor(key, JSON.stringify(settings), requestId));
  return change(name, made, requestId);
}

const newRequestId = (): string => `command-line-${randomUUID()}`;

async function change(name: string, made: HostChange, requestId = newRequestId()): Promise<number> {
  return withClient(async (client) => {
    const result = await changeHost(client, { requestId, by: operator, change: made });
    const { lines, isDone } = describeHostResult(name, made, result);
    return isDone ? print(lines) : complain(lines.join("\n"));
  });
}

function test(host: HostDetails, json: boolean): Promise<number> {
  return withClient(async (client) => {
    const requestId = newRequestId();
    await startHostTest(client, { requestId, hostId: host.id });
    const report = await waitForHostTest(client, requestId, testTimeoutMs);
    if (report === undefined) return complain(`there is no host "${host.name}" any more`);
    const lines = json ? [inJson({ name: host.name, ...report })] : reportLines(host.name, report);
    return print(lines, report.isUsable);
  });
}

async function drift(em: EntityManager, { id, name }: HostDetails, json: boolean) {
  const answer = await withClient((client) =>
    findHostDrift(client, { requestId: newRequestId(), hostId: id }, driftTimeoutMs),
  );
  switch (answer.kind) {
    case "noHost":
      return complain(`there is no host "${name}" any more`);
    case "away":
      return complain(`${name} does not answer: ${answer.trouble}`);
    case "compared": {
      const { add, change: changed, end, remove } = answer;
      const lines = [add, changed, end, remove].flatMap((part) => part.lines);
      const identities = lines.map(({ identity }) => identity);
      const owners = await listOwners(queriesOf(em), identities);
      return print(
        json ? [inJson(driftInFull(name, answer, owners))] : driftLines(name, answer, owners),
      );
    }
  }
}

/** Connects to Temporal for one act. */
async function withClient<Result>(
  act: (client: DurableClient) => Promise<Result>,
): Promise<Result> {
  const temporal = connectTemporal();
  try {
    return await act(new DurableClient(temporal.client, changeTimeoutMs));
  } finally {
    await temporal.close();
  }
}
