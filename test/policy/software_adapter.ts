/// <reference types="@webgpu/types" />
/** A device to test on: a GPU, or more often software; or why there is none. */
export async function softwareAdapter(): Promise<{ readonly device?: GPUDevice; readonly reason: string }> {
  const adapter = await navigator.gpu?.requestAdapter();
  const device = await adapter?.requestDevice();
  return { device, reason: device ? "" : "there is no adapter for WebGPU (on Debian: mesa-vulkan-drivers)" };
}
