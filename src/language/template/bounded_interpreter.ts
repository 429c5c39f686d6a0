import { type Environment, Interpreter } from "@huggingface/jinja";

/** How much a template may do. */
export interface TemplateLimits {
  /** Statements and expressions that are evaluated, every time they are. Default 2,000,000: about two seconds. */
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
  const { steps = 2_000_000, size = 2 ** 24 } = limits;
  return new BoundedInterpreter(scope, steps, size);
}

class BoundedInterpreter extends Interpreter {
  #steps = 0;
  /** Characters and entries of everything that was evaluated: long texts cost more than their step. */
  #work = 0;
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
    this.#steps += 1;
    if (this.#steps > this.#mostSteps) {
      throw new TemplateLimitError(`it does not end within ${this.#mostSteps} steps`);
    }
    const result = super.evaluate(statement, environment);
    const value: unknown = result.value;
    const length = typeof value === "string" || Array.isArray(value) ? value.length : 0;
    this.#work += length;
    if (length > this.#size || this.#work > 64 * this.#size) {
      throw new TemplateLimitError(`a text or list in it grows over ${this.#size} entries`);
    }
    return result;
  }
}
