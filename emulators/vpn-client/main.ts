import * as z from "zod";
import { awgNode } from "./awg-node.ts";
import { startVpnClientEmulator } from "./server.ts";

const environment = z.object({
  BOT_TOKEN: z
    .literal("123456:TEST", "is a real one: the emulator serves the demo only")
    .optional(),
  VPN_CLIENT_EMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8_086),
});

function fail(message: string): never {
  process.stderr.write(`vpn-client emulator: ${message}\n`);
  process.exit(1);
}

const given = environment.safeParse(process.env);
if (!given.success) fail(z.prettifyError(given.error));
const port = given.data.VPN_CLIENT_EMULATOR_PORT;
const emulator = await startVpnClientEmulator({ port, awgNode }).catch(
  (error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE";
    const remedy = "stop what listens there or set VPN_CLIENT_EMULATOR_PORT";
    return fail(taken ? `port ${port} is taken: ${remedy}` : error.message);
  },
);
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void emulator.close().then(() => process.exit(0)));
}
process.stdout.write(`vpn-client emulator ready on ${emulator.url}\n`);
