// oxlint-disable no-restricted-imports -- the build's own packages never reach the browser.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./compress.ts";

/** `vite build web` writes `web/dist`; `vite web` serves the sources beside an api on port 8000. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), compress()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2022" },
  server: { host: "127.0.0.1", proxy: { "/demo": "http://127.0.0.1:8000" } },
});
