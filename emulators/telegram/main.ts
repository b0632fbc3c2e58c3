import { telegram } from "./emulator.ts";

await telegram.run();
