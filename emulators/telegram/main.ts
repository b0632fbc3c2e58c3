import * as z from "zod";

import { portOr, run } from "../kit/program.ts";
import { startTelegramEmulator } from "./emulator.ts";

const environment = z.object({
  BOT_TOKEN: z
    .string()
    .regex(/^\d+:\S+$/u, "has the form 123456:TEST")
    .default("123456:TEST"),
  TELEGRAM_EMULATOR_PORT: portOr(8081),
  TELEGRAM_EMULATOR_DATA: z.string().optional(),
  TELEGRAM_EMULATOR_WEBHOOK_RETRY_MS: z.coerce.number().int().positive().default(2_000),
});

await run({
  name: "telegram",
  environment,
  portVariable: "TELEGRAM_EMULATOR_PORT",
  start: (env, dataFile) =>
    startTelegramEmulator({
      port: env.TELEGRAM_EMULATOR_PORT,
      token: env.BOT_TOKEN,
      dataFile: dataFile ?? env.TELEGRAM_EMULATOR_DATA,
      webhookRetryMs: env.TELEGRAM_EMULATOR_WEBHOOK_RETRY_MS,
    }),
});
