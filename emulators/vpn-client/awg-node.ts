import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const buildScript = fileURLToPath(new URL("../../tools/amneziawg/build.ts", import.meta.url));

let building: Promise<string> | undefined;

/**
 * The path of awgnode: `AWG_NODE_PATH`, or what the repository's build prints, which is quick from
 * the second time on. The build is a separate process,
 * since emulators import nothing of the product.
 * @throws Error in words for the person who wants to try a key.
 */
export function awgNode(): Promise<string> {
  building ??= build().catch((error: unknown) => {
    building = undefined;
    throw error;
  });
  return building;
}

async function build(): Promise<string> {
  const given = process.env["AWG_NODE_PATH"];
  if (given && existsSync(given)) return given;
  if (!existsSync(buildScript)) {
    throw new Error("No key can be tried on this machine: set AWG_NODE_PATH to an awgnode");
  }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [buildScript]);
    return stdout.trim();
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    const reason = /^(?:Error: )(.+)$/mu.exec(stderr)?.[1];
    throw new Error(`No key can be tried on this machine: ${reason ?? "awgnode cannot be built"}`, {
      cause: error,
    });
  }
}
