// @ts-self-types="./grammar_module.d.ts"
// A .js file, because TypeScript cannot parse source-phase imports yet. They need no permission and no fetch.
import source grammar from "../../wasm/grammar/grammar_bg.wasm";

export { grammar };
