import { pasarGuard } from "./emulator.ts";

await pasarGuard.run();
