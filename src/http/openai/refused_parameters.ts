import { nearest } from "../../nearest.ts";
import { invalidParameter } from "./invalid_parameter.ts";

/** Parameters of OpenAI's that would change an answer in a way Eddy cannot, with the values that ask for nothing. */
export interface RefusedParameters {
  readonly [name: string]: { readonly neutral: readonly unknown[]; readonly because: string };
}

const SAMPLING = "an agent is sampled as it learned: only `temperature` changes that";
const WHOLE = "an action is chosen whole";

/** What is refused by `/v1/chat/completions`, unless it asks for nothing. */
export const REFUSED_IN_CHAT: RefusedParameters = {
  audio: { neutral: [], because: "agents read and write text" },
  frequency_penalty: { neutral: [0], because: SAMPLING },
  function_call: { neutral: [], because: "it is deprecated; use `tool_choice`" },
  functions: { neutral: [], because: "it is deprecated; use `tools`" },
  logit_bias: { neutral: [{}], because: SAMPLING },
  modalities: { neutral: [["text"]], because: "agents read and write text" },
  moderation: { neutral: [], because: "answers are not moderated" },
  presence_penalty: { neutral: [0], because: SAMPLING },
  stop: { neutral: [[]], because: WHOLE },
  top_p: { neutral: [1], because: SAMPLING },
  web_search_options: { neutral: [], because: "agents do not search the web" },
};

/** What is refused by `/v1/completions`, unless it asks for nothing. */
export const REFUSED_IN_COMPLETIONS: RefusedParameters = {
  best_of: { neutral: [1], because: "every answer is a step of its own; use `n`" },
  echo: { neutral: [false], because: "the prompt is not part of an action" },
  frequency_penalty: { neutral: [0], because: SAMPLING },
  logit_bias: { neutral: [{}], because: SAMPLING },
  presence_penalty: { neutral: [0], because: SAMPLING },
  stop: { neutral: [[]], because: WHOLE },
  suffix: { neutral: [""], because: WHOLE },
  top_p: { neutral: [1], because: SAMPLING },
};

/**
 * The body without what asks for nothing: parameters that are null, and refused ones with a neutral value.
 *
 * @param known Names that the schema has.
 * @throws {OpenAiError} 400 `unsupported_parameter` by name, or `unknown_parameter` with the nearest known name.
 */
export function withoutRefused(
  body: Readonly<Record<string, unknown>>,
  refused: RefusedParameters,
  known: readonly string[],
): Record<string, unknown> {
  const kept = Object.entries(body).filter(([, value]) => value !== null && value !== undefined);
  for (const [name, value] of kept) {
    if (Object.hasOwn(refused, name)) {
      const { neutral, because } = refused[name];
      if (neutral.some((one) => JSON.stringify(one) === JSON.stringify(value))) continue;
      throw invalidParameter(name, `Cannot answer: '${name}' is not supported: ${because}`, "unsupported_parameter");
    }
    if (known.includes(name)) continue;
    const guess = nearest(name, known);
    throw invalidParameter(
      name,
      `Cannot answer: there is no parameter '${name}'; did you mean '${guess}'?`,
      "unknown_parameter",
    );
  }
  return Object.fromEntries(kept.filter(([name]) => !Object.hasOwn(refused, name)));
}
