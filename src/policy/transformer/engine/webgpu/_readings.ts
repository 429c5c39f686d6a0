import { EddyError } from "../../../../errors.ts";
import type { Recorder } from "./_recorder.ts";

/** What is read, and where it goes. */
export interface Reading {
  readonly buffer: GPUBuffer;
  readonly into: Float32Array;
}

const [COPY_TO, MAP_READ] = [0x08, 0x01];

/** Waits for the device and brings numbers back: never longer than the deadline, and never from a device that is lost. */
export class Readings implements Disposable {
  readonly #device: GPUDevice;
  readonly #recorder: Recorder;
  readonly #deadlineMs: number;
  readonly #gone = Promise.withResolvers<never>();
  readonly #onError = (event: object): void => this.#lose((event as GPUUncapturedErrorEvent).error.message);
  #lost?: string;

  constructor(device: GPUDevice, recorder: Recorder, deadlineMs: number) {
    this.#device = device;
    this.#recorder = recorder;
    this.#deadlineMs = deadlineMs;
    this.#gone.promise.catch(() => {});
    device.lost.then(({ message }) => this.#lose(message || "it was destroyed"));
    device.addEventListener("uncapturederror", this.#onError);
  }

  /** @throws {EddyError} `worker_failed` If the device is lost. */
  check(): void {
    if (this.#lost !== undefined) throw lostError(this.#lost);
  }

  /** Submits what is recorded and waits for some of its results. @throws {EddyError} `worker_failed` If none come. */
  async read(readings: readonly Reading[]): Promise<void> {
    this.check();
    const size = readings.reduce((sum, { into }) => sum + into.byteLength, 0);
    const copy = this.#device.createBuffer({ size: Math.max(4, size), usage: MAP_READ | COPY_TO });
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      let at = 0;
      this.#recorder.submit((encoder) => {
        for (const { buffer, into } of readings) {
          encoder.copyBufferToBuffer(buffer, 0, copy, at, into.byteLength);
          at += into.byteLength;
        }
      });
      const mapped = copy.mapAsync(1);
      mapped.catch(() => {});
      const late = `it did not answer within ${this.#deadlineMs / 1000} s`;
      timer = setTimeout(() => this.#lose(late), this.#deadlineMs);
      await Promise.race([mapped, this.#gone.promise]);
      const numbers = new Float32Array(copy.getMappedRange());
      at = 0;
      for (const { into } of readings) {
        into.set(numbers.subarray(at, at + into.length));
        at += into.length;
      }
    } catch (error) {
      if (this.#lost === undefined) this.#lose(error instanceof Error ? error.message : String(error));
      throw lostError(this.#lost!, error);
    } finally {
      clearTimeout(timer);
      copy.destroy();
    }
  }

  [Symbol.dispose](): void {
    this.#device.removeEventListener("uncapturederror", this.#onError);
  }

  #lose(why: string): void {
    this.#lost ??= why;
    this.#gone.reject(lostError(this.#lost));
  }
}

function lostError(why: string, cause?: unknown): EddyError {
  const message = `Cannot run the model: the GPU is lost (${why}); open another engine, or use the processor`;
  return new EddyError("worker_failed", message, { cause });
}
