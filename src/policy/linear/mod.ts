/** A linear policy over hashed features. @module */
export { createLinearPolicy } from "./create_linear_policy.ts";
export type { LinearPolicy, ScoredQuestion } from "./linear_policy.ts";
export type { LinearPolicyOptions } from "./options.ts";
export { restoreLinearPolicy } from "./restore_linear_policy.ts";
