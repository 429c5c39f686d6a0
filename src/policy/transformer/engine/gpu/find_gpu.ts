/// <reference types="@webgpu/types" />

/** What WebGPU would compute with. */
export interface FoundGpu {
  /** What it calls itself. */
  readonly name: string;
  /** A software adapter computes on the processor, and shares it with whoever asks. */
  readonly isSoftware: boolean;
}

/** Asks for the adapter that WebGPU prefers; undefined where there is none. */
export async function findGpu(): Promise<FoundGpu | undefined> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  if (!adapter) return undefined;
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
  return {
    name: description || [vendor, architecture].filter((word) => word !== "").join(" ") || "a GPU",
    isSoftware: isFallbackAdapter,
  };
}
