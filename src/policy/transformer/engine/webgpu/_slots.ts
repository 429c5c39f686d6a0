import type { ModelConfig } from "../../../checkpoint/model_config.ts";

/** Keys and values of one sequence on the device: a buffer a layer, [capacity] keys, then as many values. */
export interface Slot {
  length: number;
  capacity: number;
  caches: GPUBuffer[];
}

/** Positions of a cache at first. */
const FIRST = 64;

/** The sequences that an engine remembers. */
export class Slots {
  readonly #device: GPUDevice;
  readonly #layers: number;
  readonly #width: number;
  readonly #open = new Map<number, Slot>();
  #next = 0;

  constructor(device: GPUDevice, config: ModelConfig) {
    this.#device = device;
    this.#layers = config.layers;
    this.#width = config.keyValueHeads * config.headDimension;
  }

  /** Positions that a buffer of the device has room for. */
  get most(): number {
    return Math.floor(this.#device.limits.maxStorageBufferBindingSize / (8 * this.#width));
  }

  open(): number {
    this.#open.set(this.#next, { length: 0, capacity: 0, caches: [] });
    return this.#next++;
  }

  /** Opens one that begins with what another has read. */
  copy(slot: number, length: number): number {
    const source = this.get(slot);
    if (!(length >= 0 && length <= source.length)) {
      throw new RangeError(`Cannot copy ${length} of ${source.length} tokens`);
    }
    const opened = this.open(), copy = this.get(opened);
    if (length === 0) return opened;
    this.reserve(copy, length);
    const encoder = this.#device.createCommandEncoder();
    const kept = length * this.#width * 4;
    copy.caches.forEach((cache, layer) => {
      encoder.copyBufferToBuffer(source.caches[layer], 0, cache, 0, kept);
      const [from, to] = [source, copy].map(({ capacity }) => 4 * capacity * this.#width);
      encoder.copyBufferToBuffer(source.caches[layer], from, cache, to, kept);
    });
    this.#device.queue.submit([encoder.finish()]);
    copy.length = length;
    return opened;
  }

  get(slot: number): Slot {
    const found = this.#open.get(slot);
    if (found === undefined) throw new RangeError(`Cannot use slot ${slot}: it is not open`);
    return found;
  }

  close(slot: number): void {
    for (const cache of this.get(slot).caches) cache.destroy();
    this.#open.delete(slot);
  }

  closeAll(): void {
    for (const slot of [...this.#open.keys()]) this.close(slot);
  }

  /** Makes room. @returns Whether buffers were replaced. */
  reserve(slot: Slot, positions: number): boolean {
    if (positions <= slot.capacity) return false;
    let capacity = Math.max(FIRST, slot.capacity);
    while (capacity < positions) capacity *= 2;
    capacity = Math.min(capacity, this.most);
    const size = 8 * capacity * this.#width;
    const encoder = this.#device.createCommandEncoder();
    const [old, kept] = [slot.caches, slot.length * this.#width * 4];
    slot.caches = Array.from({ length: this.#layers }, (_, layer) => {
      const cache = this.#device.createBuffer({ size, usage: 0x80 | 0x08 | 0x04 }); // storage, copied to and from
      if (kept > 0) {
        encoder.copyBufferToBuffer(old[layer], 0, cache, 0, kept);
        encoder.copyBufferToBuffer(old[layer], 4 * slot.capacity * this.#width, cache, size / 2, kept);
      }
      return cache;
    });
    this.#device.queue.submit([encoder.finish()]);
    for (const cache of old) cache.destroy();
    slot.capacity = capacity;
    return true;
  }
}
