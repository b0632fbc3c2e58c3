import * as z from "zod";
import { parseArgs } from "node:util";

import { startTelegramEmulator, type TelegramEmulator } from "./emulator.ts";

const environment = z.object({
  BOT_TOKEN: z
    .string()
    .regex(/^\d+:\S+$/u, "has the form 123456:TEST")
    .default("123456:TEST"),
  TELEGRAM_EMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  TELEGRAM_EMULATOR_DATA: z.string().optional(),
  TELEGRAM_EMULATOR_WEBHOOK_RETRY_MS: z.coerce.number().int().positive().default(2_000),
});

function fail(message: string): never {
  process.stderr.write(`telegram emulator: ${message}\n`);
  process.exit(1);
}

async function start(): Promise<TelegramEmulator> {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  const given = environment.safeParse(process.env);
  if (!given.success) fail(z.prettifyError(given.error));
  const { BOT_TOKEN: token, TELEGRAM_EMULATOR_PORT: port, ...rest } = given.data;
  const dataFile = (values.data ?? rest.TELEGRAM_EMULATOR_DATA) || undefined;
  const webhookRetryMs = rest.TELEGRAM_EMULATOR_WEBHOOK_RETRY_MS;
  try {
    return await startTelegramEmulator({ port, token, dataFile, webhookRetryMs });
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (taken) fail(`port ${port} is taken: stop what listens there or set TELEGRAM_EMULATOR_PORT`);
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const emulator = await start();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void emulator.close().then(() => process.exit(0)));
}
process.stdout.write(`telegram emulator ready on ${emulator.url}\n`);
