import { vpnClient } from "./emulator.ts";

await vpnClient.run();
