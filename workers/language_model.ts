/**
 * A language model where there is no file system: in a Web Worker of a page, in workerd (Cloudflare Workers).
 * `workers/bundle_language_model.ts` makes one module of it for both.
 *
 * @module
 */
export { loadKernels } from "../src/kernels/load_kernels.ts";
export { blobBytes, fetchedBytes } from "../src/policy/checkpoint/model_bytes.ts";
export { loadLanguageModel } from "../src/policy/language_model/load_language_model.ts";
