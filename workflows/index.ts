export { adminAct } from "./admin-act.ts";
export { approval } from "./approval.ts";
export { hostReconciliation, traffic } from "./host.ts";
export { languageChange } from "./language-change.ts";
export { signup } from "./signup.ts";
export { subscription } from "./subscription.ts";
