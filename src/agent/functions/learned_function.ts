/** JSON schema of arguments: an object whose properties are the arguments, by name. */
export interface FunctionParameters {
  /** Always an object. */
  readonly type: "object";
  /** Each argument's own schema. */
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Arguments that must be given. */
  readonly required: readonly string[];
  /** Whether there may be others: no. */
  readonly additionalProperties: false;
}

/** A function that an agent has learned. */
export interface LearnedFunction {
  /** What it is called by. */
  readonly name: string;
  /** What it does, for whoever calls it. */
  readonly description: string;
  /** What it is called with. */
  readonly parameters: FunctionParameters;
  /** `({ price, count }) => price * count`: one expression, called with the arguments as one object. */
  readonly code: string;
  /** No two texts of code share it: usage is counted for each. */
  readonly revision: number;
}
