import { cryptoBot } from "./emulator.ts";

await cryptoBot.run();
