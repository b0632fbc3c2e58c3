import * as z from "zod";

import { portOr, run } from "../kit/program.ts";
import { startToncenterEmulator } from "./emulator.ts";

const keys = z
  .string()
  .transform((text) => text.split(",").filter(Boolean))
  .optional();

const environment = z.object({
  BOT_TOKEN: z
    .literal("123456:TEST", "is a real one: the emulator serves the demo only")
    .optional(),
  TONCENTER_EMULATOR_PORT: portOr(8084),
  TONCENTER_EMULATOR_DATA: z.string().optional(),
  TONCENTER_EMULATOR_KEYS: keys,
  TONCENTER_EMULATOR_OTHER_KEYS: keys,
  TONCENTER_EMULATOR_LIMIT: z.coerce.number().int().min(1).max(1_000).default(100),
  TON_WALLET: z.string().optional(),
  TON_WALLET_STATE: z.enum(["active", "uninit"]).default("active"),
  TON_USDT_MASTER: z.string().optional(),
});

await run({
  name: "toncenter",
  environment,
  portVariable: "TONCENTER_EMULATOR_PORT",
  start: (env, dataFile) =>
    startToncenterEmulator({
      port: env.TONCENTER_EMULATOR_PORT,
      merchant: env.TON_WALLET,
      merchantState: env.TON_WALLET_STATE,
      usdtMaster: env.TON_USDT_MASTER,
      dataFile: dataFile ?? env.TONCENTER_EMULATOR_DATA,
      apiKeys: env.TONCENTER_EMULATOR_KEYS,
      otherNetworkKeys: env.TONCENTER_EMULATOR_OTHER_KEYS,
      defaultLimit: env.TONCENTER_EMULATOR_LIMIT,
    }),
});
