import type { Program, ProgramName, Programs } from "./_programs.ts";
import type { WeightFormat } from "./shaders/stored_weights.ts";

/** Distance of two sets of parameters: what every device allows as a dynamic offset. */
const STEP = 256;

/** Writes down runs of shaders and hands them to the device together. */
export class Recorder {
  readonly #device: GPUDevice;
  readonly #programs: Programs;
  readonly #names = new WeakMap<GPUBuffer, number>();
  readonly #bindings = new Map<string, GPUBindGroup>();
  #named = 0;
  #uniform: GPUBuffer;
  #words = new ArrayBuffer(STEP * 64);
  #runs: { program: Program; bindings: GPUBuffer[]; groups: readonly [number, number] }[] = [];

  constructor(device: GPUDevice, programs: Programs) {
    this.#device = device;
    this.#programs = programs;
    this.#uniform = this.#newUniform();
  }

  /** One run of a shader, after all before it. @param groups Numbers of groups across and down. @param format Of weights. */
  run(
    name: ProgramName,
    parameters: readonly number[],
    buffers: GPUBuffer[],
    groups: readonly [number, number],
    format?: WeightFormat,
  ): void {
    const program = this.#programs(name, format);
    const at = this.#runs.length * STEP;
    if (at + STEP > this.#words.byteLength) {
      const grown = new ArrayBuffer(this.#words.byteLength * 2);
      new Uint8Array(grown).set(new Uint8Array(this.#words));
      this.#words = grown;
    }
    const view = new DataView(this.#words, at, STEP);
    parameters.forEach((value, index) => {
      if (program.parameters[index] === "f") view.setFloat32(index * 4, value, true);
      else view.setUint32(index * 4, value, true);
    });
    this.#runs.push({ program, bindings: buffers, groups });
  }

  /** Hands everything over; `after` may copy results where they can be read. */
  submit(after?: (encoder: GPUCommandEncoder) => void): void {
    if (this.#uniform.size < this.#words.byteLength) {
      this.#uniform.destroy();
      this.#bindings.clear();
      this.#uniform = this.#newUniform();
    }
    this.#device.queue.writeBuffer(this.#uniform, 0, this.#words, 0, this.#runs.length * STEP);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.#runs.forEach(({ program, bindings, groups: [across, down] }, index) => {
      pass.setPipeline(program.pipeline);
      pass.setBindGroup(0, this.#bindingsOf(program, bindings), [index * STEP]);
      pass.dispatchWorkgroups(across, down);
    });
    pass.end();
    after?.(encoder);
    this.#device.queue.submit([encoder.finish()]);
    this.#runs = [];
  }

  /** Forgets bindings: buffers that they name are about to be destroyed. */
  forget(): void {
    this.#bindings.clear();
  }

  [Symbol.dispose](): void {
    this.#bindings.clear();
    this.#uniform.destroy();
  }

  #newUniform(): GPUBuffer {
    return this.#device.createBuffer({ size: this.#words.byteLength, usage: 0x40 | 0x08 }); // uniform, copy destination
  }

  #bindingsOf(program: Program, buffers: readonly GPUBuffer[]): GPUBindGroup {
    const nameOf = (buffer: GPUBuffer): number => {
      const known = this.#names.get(buffer);
      if (known !== undefined) return known;
      this.#names.set(buffer, ++this.#named);
      return this.#named;
    };
    const key = `${program.pipeline.label} ${buffers.map(nameOf).join(" ")}`;
    let group = this.#bindings.get(key);
    if (group === undefined) {
      const entries = buffers.map((buffer, index) => ({ binding: index + 1, resource: { buffer } }));
      const uniform = { binding: 0, resource: { buffer: this.#uniform, size: 4 * program.parameters.length } };
      group = this.#device.createBindGroup({ layout: program.layout, entries: [uniform, ...entries] });
      this.#bindings.set(key, group);
    }
    return group;
  }
}
