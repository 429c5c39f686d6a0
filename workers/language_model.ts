/**
 * A language model where there is no file system: in a Web Worker of a page, in workerd (Cloudflare Workers).
 * `workers/bundle_language_model.ts` makes one module of it for both.
 *
 * @module
 */
export { kernelMemoryBytes, loadKernels } from "../src/kernels/mod.ts";
export { blobBytes, fetchedBytes, fetchedFolder, loadLanguageModel } from "../src/policy/mod.ts";
