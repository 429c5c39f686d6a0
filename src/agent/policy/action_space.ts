import { EddyError } from "../../errors.ts";
import type { Tool } from "../../episode/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { type Constraint, loadTokenizer, type Tokenizer, toolCallConstraint } from "../../language/mod.ts";
import {
  candidateTrie,
  contentHashOf,
  type DecisionRequest,
  specialTokens,
  wordsConstraint,
} from "../../policy/mod.ts";
import type { PolicyParts } from "./policy_parts.ts";

/** What limits an action, as it is kept with a step: enough to build the same limits again. */
export type ActionLimit =
  /** The step's candidates. */
  | "candidates"
  /** Any text. */
  | "free"
  /** The agent's own tools or words, by the hash of their list. */
  | { readonly own: string }
  /** The tools that the request named. */
  | { readonly tools: readonly Tool[] };

/** What a policy may do. */
export interface ActionSpace extends Disposable {
  /**
   * Which limit a question sets.
   *
   * @throws {EddyError} `request_invalid` If a policy over candidates is given none.
   */
  limitOf(question: { readonly candidates?: readonly string[]; readonly tools?: readonly Tool[] }): ActionLimit;
  /**
   * The limit as the policy takes it.
   *
   * @throws {EddyError} `request_invalid` If the tools cannot be called, or the agent's own are others by now.
   */
  open(limit: ActionLimit, candidates?: readonly string[]): Pick<DecisionRequest, "candidates" | "constraint">;
  /** The text of each token, where the policy writes tokens. */
  texts(tokens: Uint32Array): readonly string[] | undefined;
}

/** Constraints that recur; the oldest is forgotten first. */
const CACHED = 64;

/** What the policies of an agent may do; all its versions share one tokenizer, and so one space. */
export function createActionSpace(kernels: Kernels, { snapshot, tools, words }: PolicyParts): ActionSpace {
  if (snapshot.kind !== "transformer") return candidateSpace();
  const tokenizer = loadTokenizer(kernels, snapshot.files.get("tokenizer.json") ?? "");
  const own = tools ?? words;
  const ownHash = own && contentHashOf(new TextEncoder().encode(JSON.stringify(own)));
  const known = new Map<string, Constraint>();
  const cached = (key: string, make: () => Constraint): Constraint => {
    const constraint = known.get(key) ?? make();
    known.delete(key);
    known.set(key, constraint);
    if (known.size > CACHED) known.delete(known.keys().next().value!);
    return constraint;
  };

  return {
    limitOf: ({ candidates, tools }) => {
      if (candidates) return "candidates";
      if (tools) return { tools };
      return ownHash ? { own: ownHash } : "free";
    },
    open: (limit, candidates) => {
      if (limit === "free") return {};
      if (limit === "candidates") {
        const listed = candidates ?? [];
        const { end } = specialTokens(tokenizer);
        return { constraint: cached(JSON.stringify(listed), () => candidateTrie(tokenizer, listed, end)) };
      }
      if ("tools" in limit) return { constraint: toolsOf(tokenizer, limit.tools, cached) };
      if (limit.own !== ownHash) {
        throw new EddyError(
          "request_invalid",
          "Cannot act: the step was taken with other tools than the agent has now",
        );
      }
      return {
        constraint: tools
          ? toolsOf(tokenizer, tools, cached)
          : cached(limit.own, () => wordsConstraint(tokenizer, words ?? [])),
      };
    },
    texts: (tokens) => Array.from(tokens, (token) => tokenizer.token(token)),
    [Symbol.dispose]: () => tokenizer[Symbol.dispose](),
  };
}

function toolsOf(
  tokenizer: Tokenizer,
  tools: readonly Tool[],
  cached: (key: string, make: () => Constraint) => Constraint,
): Constraint {
  try {
    return cached(`tools ${JSON.stringify(tools)}`, () => toolCallConstraint(tokenizer, tools));
  } catch (cause) {
    throw new EddyError("request_invalid", `Cannot call the tools: ${(cause as Error).message}`, { cause });
  }
}

/** A policy that reads no tokens chooses among what is listed. */
function candidateSpace(): ActionSpace {
  return {
    limitOf: ({ candidates }) => {
      if (candidates && candidates.length > 0) return "candidates";
      throw new EddyError("request_invalid", "Cannot choose: this policy needs candidates, and the request lists none");
    },
    open: (_limit, candidates) => ({ candidates }),
    texts: () => undefined,
    [Symbol.dispose]: () => {},
  };
}
