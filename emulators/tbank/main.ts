import { tbank } from "./emulator.ts";

await tbank.run();
