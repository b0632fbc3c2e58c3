import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { apiEnvironment } from "../../api/config.ts";
import { botEnvironment } from "../../bot/config.ts";
import { databaseEnvironment } from "../../deploy/database.ts";
import { helpText } from "../../tools/start/command-line.ts";
import { readConfiguration } from "../../tools/start/configuration.ts";
import { workerEnvironment } from "../../workers/config.ts";
import { searchAttributes } from "../../workflows/contract/names.ts";
import { readCompose, root } from "./compose-file.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const documents = ["*.md", "docs/**/*.md"].flatMap((pattern) => globSync(pattern, { cwd: root }));

const processes = { ...workerEnvironment.shape, ...apiEnvironment.shape, ...botEnvironment.shape };
const interpolated = [...read("docker-compose.yml").matchAll(/\$\{(\w+)/gu)].map(
  ([, name]) => name,
);

test("every variable that a process reads is in the guide", () => {
  const guide = read("docs/configuration.md");
  const all = [...Object.keys(processes), ...Object.keys(databaseEnvironment.shape)];
  const named = [...all, ...interpolated, ...Object.keys(exampleVariables())];
  expect(named.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test("every variable that a person may set for docker compose is in .env.example", () => {
  const known = Object.keys(exampleVariables());
  expect(interpolated.filter((name) => !known.includes(name ?? ""))).toEqual([]);
});

/** The variables of .env.example, including those that are commented out. */
function exampleVariables(): Record<string, string> {
  const lines = read(".env.example").matchAll(/^#(?<name>[A-Z_]+)=(?<value>.*)$/gmu);
  return Object.fromEntries([...lines].map((line) => [line[1] ?? "", line[2] ?? ""]));
}

test("npm start takes .env.example, as it is and with every example value", () => {
  const { TEMPORAL_CLI_PATH: _path, HOSTS_FILE: _hosts, ...examples } = exampleVariables();
  expect(readConfiguration({}, root)).toMatchObject({ demo: true });
  const token = { BOT_TOKEN: "123456:ABC-example", WEBHOOK_SECRET: "example" };
  expect(readConfiguration({ ...examples, ...token }, root)).toMatchObject({ demo: false });
});

test("the example of hosts is one that a worker takes", () => {
  const hosts = workerEnvironment.shape.HOSTS_FILE.parse(join(root, "hosts.example.json"));
  expect(hosts?.map(({ settings }) => settings.kind)).toEqual(["amneziawg", "amneziawg"]);
});

test("every secret and every search attribute is explained", () => {
  const { secrets } = readCompose({ ADMIN_IDS: "1" });
  const guide = read("docs/production.md");
  expect(Object.keys(secrets).filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  const names = Object.values(searchAttributes).map(({ name }) => name);
  const operations = read("docs/operations.md");
  expect(names.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});

test("no link of a document leads to nothing", () => {
  const dead = documents.flatMap((path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:)(?<target>[^)#]+)(?:#[^)]*)?\)/gu)];
    const targets = links.map((link) => link.groups?.["target"] ?? "");
    return targets
      .filter((to) => !existsSync(join(root, dirname(path), to)))
      .map((to) => ({ path, to }));
  });
  expect(dead).toEqual([]);
});

test("every decision is in the list of decisions", () => {
  const list = read("docs/adr/README.md");
  const records = globSync("docs/adr/0*.md", { cwd: root });
  expect(records.length).toBeGreaterThan(4);
  expect(records.filter((path) => !list.includes(`(${path.split("/").at(-1)})`))).toEqual([]);
});

test("what npm start says of itself names its ports as the guide does", () => {
  const guide = read("docs/configuration.md");
  const ports = [...helpText.matchAll(/\b([A-Z_]+_PORT)\b/gu)].map(([, name]) => name);
  expect(ports.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test("no document names a file of ours that is not there", () => {
  const tops = ["activities", "api", "bench", "bot", "client", "db", "deploy", "domain"];
  const more = [
    "emulators",
    "gateways",
    "runtime",
    "test",
    "texts",
    "tools",
    "workers",
    "workflows",
  ];
  const ours = new RegExp(`^(?:${[...tops, ...more].join("|")})/[\\w./-]*$`, "u");
  const living = documents.filter((path) => !/^CHANGELOG|^docs\/adr\//u.test(path));
  const dead = living.flatMap((path) => {
    const named = [...read(path).matchAll(/`(?<name>[^`\n<>*]+)`/gu)].map(
      (match) => match.groups?.["name"] ?? "",
    );
    return named
      .filter((name) => ours.test(name) && !existsSync(join(root, name)))
      .map((name) => ({ path, name }));
  });
  expect(dead).toEqual([]);
});
