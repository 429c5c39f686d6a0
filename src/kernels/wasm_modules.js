// @ts-self-types="./wasm_modules.d.ts"
// A .js file, because TypeScript cannot parse source-phase imports yet. They need no permission and no fetch.
import source relaxed from "../../wasm/relaxed/kernels_bg.wasm";
import source simd128 from "../../wasm/simd128/kernels_bg.wasm";

export { relaxed, simd128 };
