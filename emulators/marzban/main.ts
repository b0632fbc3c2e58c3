import { marzban } from "./emulator.ts";

await marzban.run();
