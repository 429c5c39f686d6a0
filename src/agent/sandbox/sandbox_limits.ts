/** What one process may use. */
export interface SandboxLimits {
  /** Of a call, from its start, in milliseconds. Default 1,000. */
  readonly deadlineMs: number;
  /** Of JavaScript objects, in MiB. Default 64. */
  readonly heapMiB: number;
  /** Of everything that a process maps to write on, in MiB; V8 needs 600 of it to start. Default 768. */
  readonly memoryMiB: number;
  /** Of processor time of one process over all its calls, in seconds; it is replaced well before. Default 60. */
  readonly processorSeconds: number;
  /** Of an answer, in bytes of JSON. Default 1 MiB. */
  readonly outputBytes: number;
  /** Of code and arguments together, in UTF-16 units of JSON. Default 1 Mi. */
  readonly inputUnits: number;
  /** Calls after which a process is replaced. Default 2,000. */
  readonly calls: number;
  /** Until a process is free for a call, in milliseconds; replacing one takes a moment. Default 10,000. */
  readonly waitMs: number;
  /** Until a process is ready, in milliseconds. Default 20,000. */
  readonly startMs: number;
}

const DEFAULTS: SandboxLimits = {
  deadlineMs: 1000,
  heapMiB: 64,
  memoryMiB: 768,
  processorSeconds: 60,
  outputBytes: 1 << 20,
  inputUnits: 1 << 20,
  calls: 2000,
  waitMs: 10_000,
  startMs: 20_000,
};

const SMALLEST: Partial<Record<keyof SandboxLimits, number>> = { heapMiB: 16, memoryMiB: 640, outputBytes: 256 };

/**
 * Fills what is not given and checks the rest.
 *
 * @throws {RangeError} If a limit is unknown, or not a whole number that a process can live with.
 */
export function sandboxLimits(given: Partial<SandboxLimits> = {}): SandboxLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new RangeError(`Cannot limit '${name}': unknown; there are ${Object.keys(DEFAULTS).join(", ")}`);
    }
    const least = SMALLEST[name as keyof SandboxLimits] ?? 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`Cannot limit '${name}' to ${value}: expected a whole number from ${least}`);
    }
  }
  return { ...DEFAULTS, ...given };
}
