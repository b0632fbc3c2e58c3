// oxlint-disable no-restricted-imports -- the build's own packages never reach the browser.
import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** What is smaller than this is not worth a second file. */
const leastBytes = 1_024;
const text = /\.(?:css|html|js|json|svg|txt)$/u;

/**
 * Puts a Brotli and a gzip copy beside each text file of the build (`app.js.br`, `app.js.gz`), so
 * that a server sends it as it is instead of compressing it for each reader.
 */
export const compress = (): Plugin => ({
  name: "compress",
  apply: "build",
  // After the page itself is written into the bundle.
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (!text.test(name) || source.length < leastBytes) continue;
        this.emitFile({ type: "asset", fileName: `${name}.br`, source: brotli(source) });
        this.emitFile({
          type: "asset",
          fileName: `${name}.gz`,
          source: gzipSync(source, { level: 9 }),
        });
      }
    },
  },
});

const brotli = (source: Buffer): Buffer =>
  brotliCompressSync(source, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
    },
  });
