import { openXui } from "./emulated-x-ui.ts";
import { panelContract } from "./panel-contract.ts";

panelContract("3x-ui", openXui);
