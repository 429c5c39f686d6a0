// A worker for workerd (Cloudflare Workers) that opens the GGUF file of a request's body and answers with it: an example.
// A real one opens its model once, from an address: `await fetchedBytes(url)` in the place of `blobBytes` holds no file in memory.
import { blobBytes, kernelMemoryBytes, loadKernels, loadLanguageModel } from "./language_model.ts";

export default {
  async fetch(request) {
    if (request.method !== "POST") return new Response("give a GGUF file");
    const kernels = await loadKernels();
    const formats = { format: "e4", headFormat: "e4", cacheFormat: "q8" };
    const model = await loadLanguageModel(kernels, blobBytes(await request.arrayBuffer(), "the body"), formats);
    const prompt = model.prompt([{ role: "user", content: "hello" }]);
    const ids = [...model.speak(prompt, { seed: 3, temperature: 0, maximumTokens: 40 })].map(({ id }) => id);
    model[Symbol.dispose]();
    return Response.json({ ids, memory: kernelMemoryBytes(kernels) });
  },
};
