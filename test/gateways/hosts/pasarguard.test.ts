import { openPasarGuard } from "./emulated-pasarguard.ts";
import { panelContract } from "./panel-contract.ts";

panelContract("PasarGuard", openPasarGuard);
