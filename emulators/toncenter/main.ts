import { toncenter } from "./emulator.ts";

await toncenter.run();
