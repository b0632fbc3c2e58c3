import { remnawave } from "./emulator.ts";

await remnawave.run();
