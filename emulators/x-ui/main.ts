import { xui } from "./emulator.ts";

await xui.run();
