import { openRemnawave } from "./emulated-remnawave.ts";
import { panelContract } from "./panel-contract.ts";

panelContract("Remnawave", openRemnawave);
