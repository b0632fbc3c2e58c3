import * as z from "zod";
import { parseArgs } from "node:util";

import { type CryptoBotEmulator, startCryptoBotEmulator } from "./emulator.ts";

/** An empty variable counts as one that is not set. */
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));

const environment = z.object({
  CRYPTOBOT_TOKEN: z
    .string()
    .regex(/^\d+:\S+$/u, "has the form 12345:secret")
    .default("12345:AAtollgateEmulatedCryptoPayToken00000"),
  CRYPTOBOT_EMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
  CRYPTOBOT_EMULATOR_WEBHOOK_URL: z.url().optional(),
  CRYPTOBOT_EMULATOR_PUBLIC_URL: z.url().optional(),
  CRYPTOBOT_EMULATOR_DATA: z.string().optional(),
  CRYPTOBOT_EMULATOR_WEBHOOK_RETRY_MS: z.coerce.number().int().positive().optional(),
  CRYPTOBOT_EMULATOR_WEBHOOK_TRIES: z.coerce.number().int().positive().optional(),
  CRYPTOBOT_EMULATOR_SPEND_ID_REPEAT: z.enum(["refuse", "return"]).optional(),
  CRYPTOBOT_EMULATOR_TRANSFERS: z.stringbool().optional(),
  CRYPTOBOT_EMULATOR_COIN_OF_TON: z.enum(["TON", "GRAM"]).optional(),
});

function fail(message: string): never {
  process.stderr.write(`cryptobot emulator: ${message}\n`);
  process.exit(1);
}

async function start(): Promise<CryptoBotEmulator> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  const read = environment.safeParse(given);
  if (!read.success) fail(z.prettifyError(read.error));
  const env = read.data;
  const port = env.CRYPTOBOT_EMULATOR_PORT;
  try {
    return await startCryptoBotEmulator({
      port,
      token: env.CRYPTOBOT_TOKEN,
      webhookUrl: env.CRYPTOBOT_EMULATOR_WEBHOOK_URL,
      publicUrl: env.CRYPTOBOT_EMULATOR_PUBLIC_URL,
      dataFile: values.data ?? env.CRYPTOBOT_EMULATOR_DATA,
      webhookRetryMs: env.CRYPTOBOT_EMULATOR_WEBHOOK_RETRY_MS,
      webhookTries: env.CRYPTOBOT_EMULATOR_WEBHOOK_TRIES,
      spendIdRepeat: env.CRYPTOBOT_EMULATOR_SPEND_ID_REPEAT,
      transfersEnabled: env.CRYPTOBOT_EMULATOR_TRANSFERS,
      coinOfTon: env.CRYPTOBOT_EMULATOR_COIN_OF_TON,
    });
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (taken)
      fail(`port ${port} is taken: stop what listens there or set CRYPTOBOT_EMULATOR_PORT`);
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const emulator = await start();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void emulator.close().then(() => process.exit(0)));
}
process.stdout.write(`cryptobot emulator ready on ${emulator.url}\n`);
