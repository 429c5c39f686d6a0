/// <reference types="@webgpu/types" />
import { attention } from "./shaders/attention.ts";
import { gate } from "./shaders/gate.ts";
import { gather } from "./shaders/gather.ts";
import { norm, normInPlace } from "./shaders/norm.ts";
import { rowProduct, tileProduct } from "./shaders/product.ts";
import { rope } from "./shaders/rope.ts";
import { score } from "./shaders/score.ts";
import { store } from "./shaders/store.ts";
import type { WeightFormat } from "./shaders/stored_weights.ts";

/** A shader that is ready to run. */
export interface Program {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Types of its parameters, in order: u for u32, f for f32. */
  readonly parameters: string;
}

/** What each shader is given: types of its parameters, and its buffers, r read only, w also written. */
const SIGNATURES = {
  gather: { parameters: "uuuufu", buffers: "rrrw" },
  norm: { parameters: "uuuuuuf", buffers: "rrw" },
  normInPlace: { parameters: "uuuuuuf", buffers: "rw" },
  rowProduct: { parameters: "uuuuuuuuf", buffers: "rrrrw" },
  tileProduct: { parameters: "uuuuuuuuf", buffers: "rrrrw" },
  rope: { parameters: "uuuuu", buffers: "rrw" },
  store: { parameters: "uuuuuuu", buffers: "rw" },
  attention: { parameters: "uuuuuuuuff", buffers: "rrw" },
  gate: { parameters: "uuuu", buffers: "rw" },
  score: { parameters: "uu", buffers: "rrw" },
} as const;

/** Those that read a matrix have one text for each format. */
const SOURCES: Readonly<Record<ProgramName, string | ((format: WeightFormat) => string)>> = {
  gather,
  rowProduct,
  tileProduct,
  norm,
  normInPlace,
  rope,
  store,
  attention,
  gate,
  score,
};

/** Names of the shaders. */
export type ProgramName = keyof typeof SIGNATURES;

/** Gives a shader; it is compiled when it is first asked for. @param format Of the matrix that it reads, if it reads one. */
export type Programs = (name: ProgramName, format?: WeightFormat) => Program;

/** What each device has compiled: its models share it. */
const COMPILED = new WeakMap<GPUDevice, Map<string, Program>>();

/** The shaders of a device. */
export function programsOf(device: GPUDevice): Programs {
  const compiled = COMPILED.get(device) ?? new Map<string, Program>();
  COMPILED.set(device, compiled);
  return (name, format) => {
    const key = format === undefined ? name : `${name} ${format}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const source = SOURCES[name];
    const program = compile(device, name, key, typeof source === "string" ? source : source(format ?? "f32"));
    compiled.set(key, program);
    return program;
  };
}

function compile(device: GPUDevice, name: ProgramName, label: string, code: string): Program {
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
  const layout = device.createBindGroupLayout({ label, entries: [uniform, ...storage] });
  const pipeline = device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
  });
  return { pipeline, layout, parameters };
}
