import { type Environment, Interpreter } from "@huggingface/jinja";

/** How much a template may do. */
export interface TemplateLimits {
  /**
   * Statements and expressions that are evaluated, every time they are, with one for every entry of a list and every 256
   * characters of a text among their values. Default 1,000,000: about a second.
   */
  readonly steps?: number;
  /** Characters of a text, and entries of a list. Default 16,777,216. */
  readonly size?: number;
}

/** A template that does too much. */
export class TemplateLimitError extends Error {
  /** The class, for logs. */
  override readonly name = "TemplateLimitError";
}

/** An interpreter that gives up. */
export function boundedInterpreter(scope: Environment, limits: TemplateLimits = {}): Interpreter {
  const { steps = 1_000_000, size = 2 ** 24 } = limits;
  return new BoundedInterpreter(scope, steps, size);
}

class BoundedInterpreter extends Interpreter {
  #steps = 0;
  readonly #mostSteps: number;
  readonly #size: number;

  constructor(scope: Environment, mostSteps: number, size: number) {
    super(scope);
    this.#mostSteps = mostSteps;
    this.#size = size;
  }

  override evaluate(...[statement, environment]: Parameters<Interpreter["evaluate"]>): ReturnType<
    Interpreter["evaluate"]
  > {
    this.#spend(1);
    const result = super.evaluate(statement, environment);
    const value: unknown = result.value;
    if (typeof value === "string") {
      this.#measure(value.length);
      this.#spend(value.length / 256);
    } else if (Array.isArray(value)) {
      this.#measure(value.length);
      this.#spend(value.length);
    } else if (value instanceof Map) this.#spend(value.size);
    return result;
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#mostSteps) {
      throw new TemplateLimitError(`it does not end within ${this.#mostSteps} steps`);
    }
  }

  #measure(length: number): void {
    if (length > this.#size) throw new TemplateLimitError(`a text or list in it grows over ${this.#size} entries`);
  }
}
