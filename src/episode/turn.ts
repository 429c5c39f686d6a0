/** Who speaks. Only `assistant` text is ever learned from. */
export type Role = "system" | "user" | "assistant" | "tool";

/** One piece of a conversation, oldest first. */
export interface Turn {
  /** Who says it. */
  readonly role: Role;
  /** What is said. */
  readonly text: string;
}

/** A function that an agent may call. */
export interface Tool {
  /** What it is called by. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** JSON schema of the arguments: an object whose properties are all required, in the order they are written. */
  readonly parameters: ToolParameters;
}

/** The part of JSON schema that tool arguments use. */
export interface ToolParameters {
  /** Always an object. */
  readonly type: "object";
  /** Each argument by name. */
  readonly properties: Readonly<Record<string, ToolParameter>>;
  /** All of them, where it is told. */
  readonly required?: readonly string[];
}

/** One argument: a closed list, an id of a known pattern, or an integer within bounds. */
export type ToolParameter =
  | { readonly type: "string"; readonly enum: readonly string[]; readonly description?: string }
  /** `pattern` is a literal prefix and a count of digits: `^O[0-9]{4}$`. */
  | { readonly type: "string"; readonly pattern: string; readonly description?: string }
  | { readonly type: "integer"; readonly minimum: number; readonly maximum: number; readonly description?: string };
