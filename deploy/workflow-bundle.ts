// Bundles the workflows once, e.g. for an image: `node deploy/workflow-bundle.ts <file>`. A worker
// that is given the file as WORKFLOW_BUNDLE needs no compiler.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";

const [target] = process.argv.slice(2);
if (target === undefined) {
  process.stderr.write("Say where the bundle goes: node deploy/workflow-bundle.ts <file>\n");
  process.exit(1);
}
const file = resolve(target);
const workflowsPath = fileURLToPath(new URL("../workflows/index.ts", import.meta.url));
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, code);
process.stdout.write(`${file}: ${Math.round(code.length / 1_024)} KiB\n`);
