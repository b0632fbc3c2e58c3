import { defineConfig } from "vitest/config";

/** For `npm run test:soak` only: it takes an hour. */
export default defineConfig({
  test: {
    include: ["test/faults/soak.ts"],
    globalSetup: ["test/drivers/servers.ts"],
    pool: "forks",
    hookTimeout: 120_000,
  },
});
