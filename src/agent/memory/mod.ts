/** What an agent has learned in words. @module */
export { type RenderRules, type Rule, type RuleEdit, type Rules, rulesFrom } from "./rules.ts";
