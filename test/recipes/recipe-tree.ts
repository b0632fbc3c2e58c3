import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const leftOut = /(?:^|\/)(?:node_modules|\.git|\.tollgate|dist)(?:\/|$)/u;

/** A copy of the sources in which a recipe of docs/recipes is followed. */
export class RecipeTree {
  readonly folder: string = mkdtempSync(join(tmpdir(), "tollgate-recipe-"));

  constructor() {
    const filter = (path: string) => !leftOut.test(path.slice(root.length));
    cpSync(root, this.folder, { recursive: true, filter });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Writes a file, and the folders to it. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** @throws Error when nothing of the file fits. */
  edit(path: string, from: string | RegExp, to: string): void {
    const before = readFileSync(join(this.folder, path), "utf8");
    const after = before.replace(from, to);
    if (after === before) throw new Error(`the recipe does not fit ${path} any more`);
    this.write(path, after);
  }

  /** The problems that the compiler finds in these files; "" for none. */
  compile(...include: readonly string[]): string {
    const config = { extends: "./test/tsconfig.json", include };
    this.write("tsconfig.recipe.json", JSON.stringify(config));
    return this.#run("typescript/bin/tsc", "-p", "tsconfig.recipe.json").output;
  }

  /** Whether the linter finds an import that a wall forbids in this file. */
  breaksWall(path: string): boolean {
    const { output } = this.#run("oxlint/bin/oxlint", "--format", "unix", path);
    return output.includes("no-restricted-imports");
  }

  /** The same for the file with one more import, which is taken back. */
  breaksWallWith(path: string, from: string): boolean {
    const before = readFileSync(join(this.folder, path), "utf8");
    this.write(path, `import * as wall from "${from}";\nexport const probe = wall;\n${before}`);
    const isBroken = this.breaksWall(path);
    this.write(path, before);
    return isBroken;
  }

  /** Runs test files of the copy. */
  test(...paths: readonly string[]): { readonly status: number | null; readonly output: string } {
    const config = `export default { test: { include: ${JSON.stringify(paths)} } };\n`;
    this.write("vitest.config.ts", config);
    const result = this.#run("vitest/vitest.mjs", "run", ...paths);
    rmSync(join(this.folder, "vitest.config.ts"));
    return result;
  }

  /** What a program in the top folder prints. */
  print(program: string): string {
    this.write("probe.ts", program);
    const { stdout, stderr } = spawnSync(process.execPath, ["probe.ts"], {
      cwd: this.folder,
      encoding: "utf8",
    });
    rmSync(join(this.folder, "probe.ts"));
    return stdout.trim() || stderr;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(program: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "node_modules", program), ...args],
      { cwd: this.folder, encoding: "utf8" },
    );
    return { status, output: `${stdout}${stderr}` };
  }
}
