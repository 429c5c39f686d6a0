import type { Bench } from "./bench.ts";

/** Every bench by name, loaded when it is run. A new one is a file in `benches/` and a line here. */
export const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  gemm: async () => (await import("./benches/gemm.ts")).benchGemm,
  softmax: async () => (await import("./benches/softmax.ts")).benchSoftmax,
  transformer: async () => (await import("./benches/transformer.ts")).benchTransformer,
  conversation: async () => (await import("./benches/conversation.ts")).benchConversation,
  lora: async () => (await import("./benches/lora.ts")).benchLora,
  models: async () => (await import("./benches/models.ts")).benchModels,
  speech: async () => (await import("./benches/speech.ts")).benchSpeech,
  objectives: async () => (await import("./benches/objectives.ts")).benchObjectives,
  workers: async () => (await import("./benches/workers.ts")).benchWorkers,
  sandbox: async () => (await import("./benches/sandbox.ts")).benchSandbox,
  serving: async () => (await import("./benches/serving.ts")).benchServing,
  overhead: async () => (await import("./benches/overhead.ts")).benchOverhead,
  publish: async () => (await import("./benches/publish.ts")).benchPublish,
};
