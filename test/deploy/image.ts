import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "./compose-file.ts";

/** A finished image. */
export interface Image {
  /** The folder that is /app in a container. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
}

interface Stage {
  readonly folder: string;
  readonly environment: Record<string, string>;
  user: string;
}

interface Options {
  /** Where the folders of the stages are created. */
  readonly folder: string;
  readonly path: string;
  /**
   * Runs `npm ci` as the file says; otherwise the packages of this checkout are used in its place.
   */
  readonly installs: boolean;
}

/**
 * Executes our Dockerfile without a container engine: the same copies and commands, in plain
 * folders. What it does to the system around /app (`apt-get`) is left out.
 * @throws Error when a command fails or a line has an unknown form.
 */
export function buildImage(options: Options): Image {
  const stages = new Map<string, Stage>();
  let app: Stage | undefined;
  const text = readFileSync(`${root}/Dockerfile`, "utf8");
  for (const line of text.split("\n").filter((one) => one !== "" && !one.startsWith("#"))) {
    const [instruction = "", ...words] = line.split(" ");
    if (instruction === "FROM") app = startStage(words, stages, options);
    else if (app === undefined) throw new Error(`the Dockerfile does not begin with FROM`);
    else execute({ instruction, words, stage: app, stages }, options);
  }
  if (app === undefined) throw new Error("the Dockerfile is empty");
  return app;
}

function startStage(
  [from = "", , name]: string[],
  stages: Map<string, Stage>,
  options: Options,
): Stage {
  const base = stages.get(from);
  const folder = join(options.folder, name ?? "final");
  mkdirSync(folder, { recursive: true });
  const environment = { ...base?.environment };
  const stage = { folder, environment, user: base?.user ?? "root" };
  stages.set(name ?? "final", stage);
  return stage;
}

interface Line {
  readonly instruction: string;
  readonly words: readonly string[];
  readonly stage: Stage;
  readonly stages: ReadonlyMap<string, Stage>;
}

function execute({ instruction, words, stage, stages }: Line, options: Options): void {
  const [first = "", second = ""] = words;
  switch (instruction) {
    case "WORKDIR":
      if (first !== "/app") throw new Error("only /app is known here");
      return;
    case "ENV": {
      const [name = "", value = ""] = words.join(" ").split("=");
      stage.environment[name] = value;
      return;
    }
    case "USER":
      stage.user = first;
      return;
    case "COPY":
      return copy({ words, stage, stages });
    case "RUN":
      if (first === "apt-get") return;
      return run(words.join(" "), stage, options);
    case "CMD":
      return;
    default:
      throw new Error(`unknown form of a line: ${instruction} ${first} ${second}`);
  }
}

function copy({ words, stage, stages }: Omit<Line, "instruction">): void {
  const flag = words.find((word) => word.startsWith("--from="));
  const places = words.filter((word) => !word.startsWith("--"));
  const target = join(stage.folder, places.at(-1) ?? "");
  const single = places.length === 2 && !target.endsWith("/");
  for (const source of places.slice(0, -1)) {
    const other = stages.get(flag?.slice("--from=".length) ?? "");
    if (flag !== undefined && other === undefined) throw new Error(`no stage ${flag}`);
    const from = other ? join(other.folder, source.replace(/^\/app\//u, "")) : join(root, source);
    const to = single || source === "." ? target : join(target, source);
    const filter = other ? () => true : (path: string) => inContext(path.slice(root.length));
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter });
  }
}

const rules = readFileSync(`${root}/.dockerignore`, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/**
 * Whether the build gets this file: the last rule that matches it, or a folder above it, decides.
 */
export function inContext(path: string): boolean {
  const parts = path.split("/").filter(Boolean);
  const above = parts.map((_, at) => parts.slice(0, at + 1).join("/"));
  const speaks = (rule: string) => above.some((one) => pattern(rule).test(one));
  return rules.findLast(speaks)?.startsWith("!") ?? true;
}

/** `*` is any part of a name, even a leading dot; a first `**` is any number of folders. */
function pattern(rule: string): RegExp {
  const plain = rule.replace(/^!/u, "").replaceAll(".", String.raw`\.`);
  return new RegExp(`^${plain.replace(/^\*\*\//u, "(?:.+/)?").replaceAll("*", "[^/]*")}$`, "u");
}

function run(command: string, stage: Stage, { installs, path }: Options): void {
  if (command.startsWith("npm ci") && !installs) {
    symlinkSync(join(root, "node_modules"), join(stage.folder, "node_modules"));
    return;
  }
  // What is removed from a stage's packages must not be removed from this checkout.
  if (command.includes("node_modules/@temporalio") && !installs) return;
  const env = { ...stage.environment, PATH: path, HOME: process.env["HOME"] };
  const options = { cwd: stage.folder, env: { ...env, npm_config_prefer_offline: "true" } };
  const done = spawnSync("sh", ["-c", command], { ...options, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`RUN ${command}\n${done.stdout}\n${done.stderr}`);
}

/** The names of the packages in a finished image. */
export function packagesOf({ folder }: Image): string[] {
  const modules = join(folder, "node_modules");
  return readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
  );
}
