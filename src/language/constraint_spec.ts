import type { ToolCallForm, ToolCallFormName } from "./tool_calls/tool_call_form.ts";

/** A tool whose calls may be written: its arguments are any JSON schema of an object. */
export interface ConstrainedTool {
  /** What it is called by. */
  readonly name: string;
  /** JSON schema of the arguments. Default any object. */
  readonly parameters?: unknown;
}

/** What may be written: exactly one of these. */
export type ConstraintSpec =
  /** JSON that satisfies a schema (draft 2020-12), compact, members in the order of the schema. */
  | { readonly jsonSchema: unknown }
  /** Whole texts that match an expression in the syntax of ECMAScript. */
  | { readonly regex: string }
  /** Texts of a context-free grammar: `gbnf`, with a rule `root`, or `lark`, with a rule `start`. Default `gbnf`. */
  | { readonly grammar: string; readonly syntax?: "gbnf" | "lark" }
  /** One of these texts. */
  | { readonly choices: readonly string[] }
  /** Calls of these tools. */
  | {
    readonly toolCalls: readonly ConstrainedTool[];
    /** How they are written. Default `hermes`, as {@linkcode formatToolCall} writes them. */
    readonly form?: ToolCallForm | ToolCallFormName;
    /**
     * `required`: the text is calls and no more. `auto`: any text, and calls at its end or none; in a form without a mark,
     * any text or calls. Default `required`.
     */
    readonly choice?: "required" | "auto";
    /** Several calls may follow each other, where the form has them. Default false. */
    readonly several?: boolean;
  };

/** How texts are written under a constraint. */
export interface CompileConstraintOptions {
  /** The token that closes a text; it is allowed exactly where the text is complete. Default that of `<|end|>`. */
  readonly endToken?: number;
  /** More tokens that close a text: allowed wherever `endToken` is and something else may follow as well. Default none. */
  readonly endTokens?: readonly number[];
  /**
   * Where only one text can follow, only the tokens that the tokenizer gives for it are allowed: they need no sampling.
   * False allows every spelling. Default true.
   */
  readonly jumpAhead?: boolean;
}
