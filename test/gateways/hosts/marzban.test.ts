import { openMarzban } from "./emulated-marzban.ts";
import { panelContract } from "./panel-contract.ts";

panelContract("Marzban", openMarzban);
