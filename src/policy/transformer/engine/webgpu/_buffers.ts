import type { Recorder } from "./_recorder.ts";

const [STORAGE, COPY_TO, COPY_FROM] = [0x80, 0x08, 0x04];

/** Memory of the device by name, as large as was ever asked for. */
export class Buffers {
  readonly #device: GPUDevice;
  readonly #recorder: Recorder;
  readonly #named = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice, recorder: Recorder) {
    this.#device = device;
    this.#recorder = recorder;
  }

  /** At least so many numbers; lasts until a larger one is asked for. Runs that name it are submitted before that. */
  get(name: string, numbers = 0): GPUBuffer {
    const found = this.#named.get(name);
    if (found !== undefined && found.size >= numbers * 4) return found;
    this.#recorder.forget();
    found?.destroy();
    const size = Math.max(16, numbers * 4);
    const buffer = this.#device.createBuffer({ label: name, size, usage: STORAGE | COPY_TO | COPY_FROM });
    this.#named.set(name, buffer);
    return buffer;
  }

  /** Fills a buffer that is there. */
  write(name: string, numbers: Float32Array<ArrayBuffer>): void {
    this.#device.queue.writeBuffer(this.get(name), 0, numbers);
  }

  [Symbol.dispose](): void {
    for (const buffer of this.#named.values()) buffer.destroy();
  }
}
