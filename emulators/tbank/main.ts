import * as z from "zod";

import { portOr, run } from "../kit/program.ts";
import { startTBankEmulator } from "./emulator.ts";

const environment = z.object({
  TBANK_TERMINAL_KEY: z.string().max(20).default("1366000000001DEMO"),
  TBANK_PASSWORD: z.string().default("emulatedTBankPass000"),
  TBANK_EMULATOR_PORT: portOr(8083),
  TBANK_EMULATOR_WEBHOOK_URL: z.url().optional(),
  TBANK_EMULATOR_PUBLIC_URL: z.url().optional(),
  TBANK_EMULATOR_DATA: z.string().optional(),
  TBANK_EMULATOR_WEBHOOK_RETRY_MS: z.coerce.number().int().positive().optional(),
  TBANK_EMULATOR_WEBHOOK_TRIES: z.coerce.number().int().positive().optional(),
  TBANK_EMULATOR_PAY_TYPE: z.enum(["O", "T"]).optional(),
  TBANK_EMULATOR_FIRST_PAYMENT_ID: z.string().optional(),
  TBANK_EMULATOR_ORDER_ID_REPEAT: z.enum(["accept", "refuse"]).optional(),
  TBANK_EMULATOR_CASH_REGISTER: z.stringbool().optional(),
  TBANK_EMULATOR_SBP: z.stringbool().optional(),
  TBANK_EMULATOR_SBP_ATTEMPTS: z.coerce.number().int().positive().optional(),
  TBANK_EMULATOR_SBP_REFUNDS: z.enum(["at-once", "when-told"]).optional(),
  TBANK_EMULATOR_BALANCE: z.coerce.number().int().nonnegative().optional(),
  TBANK_EMULATOR_TELL_DEADLINES: z.stringbool().optional(),
});

await run({
  name: "tbank",
  environment,
  portVariable: "TBANK_EMULATOR_PORT",
  start: (env, dataFile) =>
    startTBankEmulator({
      port: env.TBANK_EMULATOR_PORT,
      terminalKey: env.TBANK_TERMINAL_KEY,
      password: env.TBANK_PASSWORD,
      webhookUrl: env.TBANK_EMULATOR_WEBHOOK_URL,
      publicUrl: env.TBANK_EMULATOR_PUBLIC_URL,
      dataFile: dataFile ?? env.TBANK_EMULATOR_DATA,
      webhookRetryMs: env.TBANK_EMULATOR_WEBHOOK_RETRY_MS,
      webhookTries: env.TBANK_EMULATOR_WEBHOOK_TRIES,
      payType: env.TBANK_EMULATOR_PAY_TYPE,
      firstPaymentId: env.TBANK_EMULATOR_FIRST_PAYMENT_ID,
      orderIdRepeat: env.TBANK_EMULATOR_ORDER_ID_REPEAT,
      cashRegister: env.TBANK_EMULATOR_CASH_REGISTER,
      sbp: env.TBANK_EMULATOR_SBP,
      sbpAttempts: env.TBANK_EMULATOR_SBP_ATTEMPTS,
      sbpRefunds: env.TBANK_EMULATOR_SBP_REFUNDS,
      balance: env.TBANK_EMULATOR_BALANCE,
      tellDeadlines: env.TBANK_EMULATOR_TELL_DEADLINES,
    }),
});
