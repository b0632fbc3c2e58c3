import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type * as z from "zod";
import { apiEnvironment } from "../../api/config.ts";
import { botEnvironment } from "../../bot/config.ts";
import { databaseEnvironment } from "../../deploy/database.ts";
import { workerEnvironment } from "../../workers/config.ts";
import { inOrder, oneShots, readCompose, root, type Service } from "./compose-file.ts";

const compose = readCompose({ ADMIN_IDS: "1001" });
const services = Object.entries(compose.services);
const lasting = services.filter(([name]) => !oneShots(compose).includes(name));
const product = services.filter(([, { build }]) => build !== undefined);
const named = (wanted: (service: Service) => boolean) =>
  services.filter(([, service]) => wanted(service)).map(([name]) => name);
const holders = (secret: string) => named(({ secrets }) => secrets?.includes(secret) ?? false);

test("the file is one of the Compose Specification", () => {
  const text = readFileSync(`${root}/test/deploy/compose-spec/schema.json`, "utf8");
  const { $schema: _draft, ...schema } = JSON.parse(text) as Record<string, unknown>;
  const valid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const file: unknown = parse(readFileSync(`${root}/docker-compose.yml`, "utf8"), { merge: true });
  valid(file);
  expect(valid.errors).toBeNull();
  expect(valid({ ...(file as object), services: { api: { restarts: "always" } } })).toBe(false);
});

test("it has all that one server needs, and nothing waits in a circle", () => {
  expect(inOrder(compose).toSorted()).toEqual([
    "api",
    "bot",
    "database",
    "postgres",
    "redis",
    "temporal",
    "temporal-namespace",
    "temporal-schema",
    "temporal-ui",
    "worker",
  ]);
});

test("without the admins' ids it says which variable to set, and where", () => {
  expect(() => readCompose()).toThrow(/^ADMIN_IDS: set it in \.env/u);
});

test("every image that is not built here has an exact version", () => {
  const images = services.filter(([, { build }]) => build === undefined);
  const loose = images.filter(([, { image }]) => !/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/u.test(image));
  expect(loose).toEqual([]);
  const from = [...readFileSync(`${root}/Dockerfile`, "utf8").matchAll(/^FROM (\S+)/gmu)];
  const bases = from.map(([, base]) => base).filter((base) => base !== "base");
  expect(bases).toEqual([expect.stringMatching(/^node:24\.\d+\.\d+-trixie-slim$/u)]);
});

test("the image's tag is the product's version, unless another is asked for", () => {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
    version: string;
  };
  expect(new Set(product.map(([, { image }]) => image))).toEqual(new Set([`tollgate:${version}`]));
});

test("no port is open to the world but the api's, and that one only when asked for", () => {
  const opened = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  expect(opened).toEqual([
    ["temporal-ui", "127.0.0.1:8233:8080"],
    ["api", "127.0.0.1:8000:8000"],
  ]);
  const asked = readCompose({ ADMIN_IDS: "1", API_LISTEN: "0.0.0.0", API_PORT: "80" });
  expect(asked.services["api"]?.ports).toEqual(["0.0.0.0:80:8000"]);
  expect(asked.services["temporal-ui"]?.ports).toEqual(["127.0.0.1:8233:8080"]);
});

test("databases, Redis and Temporal live where no way leads out", () => {
  const { internal } = compose.networks["inside"] ?? {};
  expect(internal).toBe(true);
  expect(named(({ networks }) => networks?.includes("outside") ?? true)).toEqual([
    "temporal-ui",
    "worker",
    "api",
    "bot",
  ]);
});

test("what lasts is watched and restarted; what ends is tried again a few times", () => {
  for (const [name, { restart, healthcheck }] of lasting) {
    expect([name, restart]).toEqual([name, "unless-stopped"]);
    expect([name, healthcheck?.test[0]]).toEqual([name, "CMD"]);
  }
  for (const name of oneShots(compose))
    expect(compose.services[name]?.restart).toMatch(/^on-failure:\d$/u);
});

test("our processes have no rights, no root and no disk of their own", () => {
  for (const [, service] of product)
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
  expect(readFileSync(`${root}/Dockerfile`, "utf8")).toMatch(/^USER node$/mu);
});

test("secrets come as files: none stands in a variable, and each service gets its own alone", () => {
  for (const [name, { environment = {}, secrets = [] }] of services) {
    const paths = Object.values(environment).filter((value) => value.startsWith("/run/secrets/"));
    const files = paths.map((path) => path.slice("/run/secrets/".length));
    expect([name, secrets.filter((secret) => !(secret in compose.secrets))]).toEqual([name, []]);
    expect([name, files.filter((file) => !secrets.includes(file))]).toEqual([name, []]);
    const plain = Object.keys(environment).filter((key) => /PASSWORD|TOKEN|SECRET|KEYS/u.test(key));
    expect([name, plain.filter((key) => !key.endsWith("_FILE"))]).toEqual([name, []]);
  }
  expect(holders("encryption_keys")).toEqual(["worker"]);
  expect(holders("hosts.json")).toEqual(["worker"]);
  expect(holders("database_writer_password")).toEqual(["database", "worker"]);
  expect(holders("postgres_password")).toEqual(["postgres", "database"]);
  expect(holders("bot_token")).toEqual(["worker", "bot"]);
});

test("every variable is one that its process reads", () => {
  const known: Record<string, z.ZodObject> = {
    worker: workerEnvironment,
    api: apiEnvironment,
    bot: botEnvironment,
    database: databaseEnvironment,
  };
  for (const [name, { environment = {} }] of product) {
    const names = Object.keys(known[name]?.shape ?? {});
    const passwords = names.map((key) => key.replace(/URL$/u, "PASSWORD"));
    const all = [...names, ...passwords].flatMap((key) => [key, `${key}_FILE`]);
    expect([name, Object.keys(environment).filter((key) => !all.includes(key))]).toEqual([
      name,
      [],
    ]);
  }
});
