import { parseArgs } from "node:util";
import * as z from "zod";

import { startToncenterEmulator, type ToncenterEmulator } from "./emulator.ts";

const keys = z
  .string()
  .transform((text) => text.split(",").filter(Boolean))
  .optional();
const optional = z
  .string()
  .transform((text) => text || undefined)
  .optional();

const environment = z.object({
  BOT_TOKEN: z
    .literal("123456:TEST", "is a real one: the emulator serves the demo only")
    .optional(),
  TONCENTER_EMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8084),
  TONCENTER_EMULATOR_DATA: optional,
  TONCENTER_EMULATOR_KEYS: keys,
  TONCENTER_EMULATOR_OTHER_KEYS: keys,
  TONCENTER_EMULATOR_LIMIT: z.coerce.number().int().min(1).max(1_000).default(100),
  TON_WALLET: optional,
  TON_WALLET_STATE: z.enum(["active", "uninit"]).default("active"),
  TON_USDT_MASTER: optional,
});

function fail(message: string): never {
  process.stderr.write(`toncenter emulator: ${message}\n`);
  process.exit(1);
}

async function start(): Promise<ToncenterEmulator> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  const given = environment.safeParse(process.env);
  if (!given.success) fail(z.prettifyError(given.error));
  const env = given.data;
  const port = env.TONCENTER_EMULATOR_PORT;
  const options = {
    port,
    merchant: env.TON_WALLET,
    merchantState: env.TON_WALLET_STATE,
    usdtMaster: env.TON_USDT_MASTER,
    dataFile: (values.data ?? env.TONCENTER_EMULATOR_DATA) || undefined,
    apiKeys: env.TONCENTER_EMULATOR_KEYS,
    otherNetworkKeys: env.TONCENTER_EMULATOR_OTHER_KEYS,
    defaultLimit: env.TONCENTER_EMULATOR_LIMIT,
  };
  return startToncenterEmulator(options).catch((error: NodeJS.ErrnoException) => {
    const remedy = "stop what listens there or set TONCENTER_EMULATOR_PORT";
    const taken = error.code === "EADDRINUSE";
    return fail(taken ? `port ${port} is taken: ${remedy}` : error.message);
  });
}

const emulator = await start();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void emulator.close().then(() => process.exit(0)));
}
process.stdout.write(`toncenter emulator ready on ${emulator.url}\n`);
