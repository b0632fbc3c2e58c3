import * as z from "zod";

import { portOr, run } from "../kit/program.ts";
import { startCryptoBotEmulator } from "./emulator.ts";

const environment = z.object({
  CRYPTOBOT_TOKEN: z
    .string()
    .regex(/^\d+:\S+$/u, "has the form 12345:secret")
    .default("12345:AAtollgateEmulatedCryptoPayToken00000"),
  CRYPTOBOT_EMULATOR_PORT: portOr(8082),
  CRYPTOBOT_EMULATOR_WEBHOOK_URL: z.url().optional(),
  CRYPTOBOT_EMULATOR_PUBLIC_URL: z.url().optional(),
  CRYPTOBOT_EMULATOR_DATA: z.string().optional(),
  CRYPTOBOT_EMULATOR_WEBHOOK_RETRY_MS: z.coerce.number().int().positive().optional(),
  CRYPTOBOT_EMULATOR_WEBHOOK_TRIES: z.coerce.number().int().positive().optional(),
  CRYPTOBOT_EMULATOR_SPEND_ID_REPEAT: z.enum(["refuse", "return"]).optional(),
  CRYPTOBOT_EMULATOR_TRANSFERS: z.stringbool().optional(),
  CRYPTOBOT_EMULATOR_COIN_OF_TON: z.enum(["TON", "GRAM"]).optional(),
});

await run({
  name: "cryptobot",
  environment,
  portVariable: "CRYPTOBOT_EMULATOR_PORT",
  start: (env, dataFile) =>
    startCryptoBotEmulator({
      port: env.CRYPTOBOT_EMULATOR_PORT,
      token: env.CRYPTOBOT_TOKEN,
      webhookUrl: env.CRYPTOBOT_EMULATOR_WEBHOOK_URL,
      publicUrl: env.CRYPTOBOT_EMULATOR_PUBLIC_URL,
      dataFile: dataFile ?? env.CRYPTOBOT_EMULATOR_DATA,
      webhookRetryMs: env.CRYPTOBOT_EMULATOR_WEBHOOK_RETRY_MS,
      webhookTries: env.CRYPTOBOT_EMULATOR_WEBHOOK_TRIES,
      spendIdRepeat: env.CRYPTOBOT_EMULATOR_SPEND_ID_REPEAT,
      transfersEnabled: env.CRYPTOBOT_EMULATOR_TRANSFERS,
      coinOfTon: env.CRYPTOBOT_EMULATOR_COIN_OF_TON,
    }),
});
