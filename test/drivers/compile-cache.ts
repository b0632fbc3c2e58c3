import { fileURLToPath } from "node:url";

/**
 * For the environment of a program of ours: its compiled code is cached. Such programs are started
 * hundreds of times in a run, and most of a start is the compiling of all that is imported.
 */
export const compileCache = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url)),
} as const;
