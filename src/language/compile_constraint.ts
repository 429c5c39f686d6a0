import { EddyError } from "../errors.ts";
import { endedGrammarKernels, haveGrammarKernelsEnded, loadGrammarKernels } from "../kernels/mod.ts";
import type { Constraint } from "./constraint.ts";
import type { CompileConstraintOptions, ConstraintSpec } from "./constraint_spec.ts";
import { canonicalTokens } from "./constraints/canonical_tokens.ts";
import { freePlace } from "./constraints/free_place.ts";
import { textBefore, textWithoutObject } from "./constraints/free_text.ts";
import { grammarVocabulary } from "./constraints/grammar_vocabulary.ts";
import { invalidConstraint } from "./constraints/invalid_constraint.ts";
import { larkOf } from "./constraints/lark_of.ts";
import type { Place } from "./constraints/place.ts";
import type { ToolCallGrammar } from "./constraints/tool_call_lark.ts";
import { walkedConstraint } from "./constraints/walked_constraint.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Compiles what may be written, a JSON schema, an expression, a grammar, choices or tool calls, to masks over a
 * tokenizer's tokens. Whatever is sampled under them up to the end token is valid; a text that reaches the limit of tokens
 * before the end token was cut, and need not be.
 *
 * States are found as they are reached and kept until the constraint is disposed of: compile one for a request, or a few.
 *
 * @throws {EddyError} `constraint_invalid` If the constraint is broken, allows nothing, never ends, or cannot be honoured:
 * then the message names what cannot. Nothing that restricts a text is ignored. `kernels_unavailable` if the module for
 * grammars cannot be loaded.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { allowedTokens, compileConstraint, loadKernels, trainTokenizer } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using tokenizer = trainTokenizer(kernels, [], { vocabularySize: 257, specialTokens: ["<|end|>"] });
 * using constraint = await compileConstraint({ jsonSchema: { enum: [true, null] } }, tokenizer);
 * const mask = allowedTokens(constraint, 0);
 * const allowed = [...Array(257).keys()].filter((token) => mask[token >> 5] >>> (token & 31) & 1);
 * deepEqual(allowed.map((token) => tokenizer.token(token)).sort(), ["n", "t"]);
 * ```
 */
export async function compileConstraint(
  spec: ConstraintSpec,
  tokenizer: Tokenizer,
  options: CompileConstraintOptions = {},
): Promise<Constraint & Disposable> {
  const { endToken = tokenizer.tokenId("<|end|>"), jumpAhead = true } = options;
  if (endToken === undefined) {
    throw invalidConstraint("the tokenizer has no token '<|end|>': name the one that closes a text as endToken");
  }
  if (!Number.isInteger(endToken) || endToken < 0 || endToken >= tokenizer.vocabularySize) {
    throw invalidConstraint(`endToken is ${endToken}, expected one of ${tokenizer.vocabularySize} tokens`);
  }
  const { endTokens = [] } = options;
  const stranger = endTokens.find((token) =>
    !(Number.isInteger(token) && token >= 0 && token < tokenizer.vocabularySize)
  );
  if (stranger !== undefined) {
    throw invalidConstraint(`one of endTokens is ${stranger}, expected one of ${tokenizer.vocabularySize} tokens`);
  }
  const { lark, free } = larkOf(spec, (text) => tokenizer.tokenId(text));
  const kernels = await loadGrammarKernels();
  const failed = (cause: unknown) =>
    invalidConstraint(reason(cause as Error, endedGrammarKernels(cause, kernels)), cause);
  try {
    const vocabulary = grammarVocabulary(kernels, tokenizer, endToken);
    const start = vocabulary.start(lark);
    return walkedConstraint(free ? withText(start, free, tokenizer, endToken) : start, {
      vocabularySize: tokenizer.vocabularySize,
      endToken,
      endTokens,
      canonical: jumpAhead
        ? (bytes) => canonicalTokens(tokenizer, (part) => vocabulary.extends(part), bytes)
        : undefined,
      failed,
      hasEnded: () => haveGrammarKernelsEnded(kernels),
    });
  } catch (cause) {
    throw cause instanceof EddyError ? cause : failed(cause);
  }
}

/** Calls that any text may stand before. */
function withText(
  calls: Place,
  { after, mark, bare }: NonNullable<ToolCallGrammar["free"]>,
  tokenizer: Tokenizer,
  endToken: number,
): Place {
  const token = mark === "" ? undefined : tokenizer.tokenId(mark);
  const isMarked = after !== "";
  const spelled = isMarked && token === undefined;
  return freePlace(calls, {
    tokenizer,
    endToken,
    text: bare ? textWithoutObject(mark, spelled) : textBefore(mark, spelled),
    markToken: isMarked ? token : undefined,
    bare: !isMarked,
    never: isMarked || token === undefined ? [] : [token],
  });
}

/** The kernel's reason without its place in a grammar that nobody wrote. */
function reason({ message }: Error, ended: boolean): string {
  if (ended) return "it is nested too deeply";
  const lines = message.replace(/^at \d+\(\d+\): /, "").split("\n");
  const first = lines[0].endsWith(":") ? `${lines[0]} ${lines.at(-1)}` : lines[0];
  if (first.includes("oneOf constraints")) {
    return "the schema has 'oneOf' of which two may hold at once, which is not supported";
  }
  return first.replace(/^failed to compile JSON schema: /, "the schema cannot be honoured: ")
    .replace("Unsatisfiable schema: ", "nothing satisfies it: ");
}
