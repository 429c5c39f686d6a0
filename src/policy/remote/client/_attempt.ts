import { EddyError } from "../../../errors.ts";

/** One try: its signal is aborted with the question's, or when the endpoint is silent for too long. */
export class Attempt {
  readonly #silence = new AbortController();
  readonly signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout>;

  constructor(over: AbortSignal, private readonly silenceMs: number) {
    this.signal = AbortSignal.any([over, this.#silence.signal]);
    this.#timer = this.#start();
  }

  #start(): ReturnType<typeof setTimeout> {
    const message = `Cannot ask the model: it was silent for ${this.silenceMs} ms`;
    return setTimeout(() => this.#silence.abort(new EddyError("timed_out", message)), this.silenceMs);
  }

  /** Waits for what the endpoint sends next. */
  async watch<T>(next: Promise<T>): Promise<T> {
    this.rest();
    this.#timer = this.#start();
    return await next.finally(() => this.rest());
  }

  /** Ends the watch. */
  rest(): void {
    clearTimeout(this.#timer);
  }
}
