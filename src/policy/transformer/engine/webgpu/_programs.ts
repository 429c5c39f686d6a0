/// <reference types="@webgpu/types" />
import { attention } from "./shaders/attention.ts";
import { gate } from "./shaders/gate.ts";
import { gather } from "./shaders/gather.ts";
import { norm, normInPlace } from "./shaders/norm.ts";
import { rowProduct, tileProduct, type WeightFormat } from "./shaders/product.ts";
import { rope } from "./shaders/rope.ts";
import { score } from "./shaders/score.ts";
import { store } from "./shaders/store.ts";

/** A shader that is ready to run. */
export interface Program {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Types of its parameters, in order: u for u32, f for f32. */
  readonly parameters: string;
}

/** What each shader is given: types of its parameters, and its buffers, r read only, w also written. */
const SIGNATURES = {
  gather: { parameters: "uuuufu", buffers: "rrw" },
  norm: { parameters: "uuuuuuf", buffers: "rrw" },
  normInPlace: { parameters: "uuuuuuf", buffers: "rw" },
  rowProduct: { parameters: "uuuuuuuf", buffers: "rrrw" },
  tileProduct: { parameters: "uuuuuuuf", buffers: "rrrw" },
  rope: { parameters: "uuuuu", buffers: "rrw" },
  store: { parameters: "uuuuuuu", buffers: "rw" },
  attention: { parameters: "uuuuuuuuff", buffers: "rrw" },
  gate: { parameters: "uuuu", buffers: "rw" },
  score: { parameters: "uu", buffers: "rrw" },
} as const;

/** Names of the shaders. */
export type ProgramName = keyof typeof SIGNATURES;

/** Compiles all shaders for a format of weights. */
export function createPrograms(device: GPUDevice, format: WeightFormat): Readonly<Record<ProgramName, Program>> {
  const sources: Readonly<Record<ProgramName, string>> = {
    gather: gather(format),
    rowProduct: rowProduct(format),
    tileProduct: tileProduct(format),
    norm,
    normInPlace,
    rope,
    store,
    attention,
    gate,
    score,
  };
  const compile = (name: ProgramName): Program => {
    const { parameters, buffers } = SIGNATURES[name];
    const storage = [...buffers].map((use, index): GPUBindGroupLayoutEntry => ({
      binding: index + 1,
      visibility: 4, // compute
      buffer: { type: use === "r" ? "read-only-storage" : "storage" },
    }));
    const uniform: GPUBindGroupLayoutEntry = {
      binding: 0,
      visibility: 4,
      buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: 4 * parameters.length },
    };
    const layout = device.createBindGroupLayout({ label: name, entries: [uniform, ...storage] });
    const pipeline = device.createComputePipeline({
      label: name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label: name, code: sources[name] }), entryPoint: "main" },
    });
    return { pipeline, layout, parameters };
  };
  const names = Object.keys(SIGNATURES) as ProgramName[];
  return Object.fromEntries(names.map((name) => [name, compile(name)])) as Record<ProgramName, Program>;
}
