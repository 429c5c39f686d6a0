import { hashShare } from "../agent/mod.ts";
import { type ReadSum, readSum } from "../environment/mod.ts";
import type { RequestView, Saying, ScriptedRole } from "../policy/mod.ts";

/** How well the roles do. */
export interface SumsRolesOptions {
  /** Share of functions that are written right. */
  readonly writing: number;
  /** Share of sums that are done right without a function. Default 0.35. */
  readonly alone?: number;
  /** Share of calls whose numbers are read right. Default 0.9. */
  readonly calling?: number;
}

/**
 * Stand-ins that solve the word problems of `sums` and write functions for them: `solver` and `writer`.
 *
 * Neither holds an answer. The solver writes an expression or a call and says what it is told; the writer reads which kinds
 * failed most, takes one in proportion, and writes its function: in JavaScript, right or, by mistake, without what is
 * lost or added once, which is right where that is nothing (one task in six).
 */
export function sumsRoles({ writing, alone = 0.35, calling = 0.9 }: SumsRolesOptions): Record<string, ScriptedRole> {
  const offered = ({ request, last }: RequestView): boolean =>
    !!request.tools?.some((tool) => tool.function.name === readSum(last)?.family);
  return {
    solver: {
      fallback: "finish[0]",
      rules: [
        { when: /^(?:it is )?(-?\d+(?:\.\d+)?)\.?$/, say: ({ match }) => `finish[${match![1]}]` },
        {
          when: offered,
          say: ({ last }) => callOf(readSum(last)!, 0),
          mistakes: [1, -1].map((by) => ({ last }: RequestView) => callOf(readSum(last)!, by)),
          competence: calling,
        },
        {
          when: ({ text }) => readSum(text) !== undefined,
          say: ({ text }) => `calculate[${filled(readSum(text)!)}]`,
          mistakes: [" + 1", " - 10"].map((slip) => ({ text }: RequestView) =>
            `calculate[${filled(readSum(text)!)}${slip}]`
          ),
          competence: alone,
        },
      ],
    },
    writer: {
      competence: writing,
      rules: [{
        when: ({ last }) => kindToHelp(last) !== undefined,
        say: ({ last }) => changeOf(last, (expression) => expression),
        mistakes: [({ last }) => changeOf(last, (expression) => expression.replace(/ [+-] extra/, ""))],
      }],
      fallback: "TERMINATE",
    },
  };
}

/** @param by What the first number is misread by. */
function callOf({ family, numbers }: ReadSum, by: number): Saying {
  const [first] = Object.keys(numbers).filter((name) => name !== "extra");
  return { calls: [{ name: family, arguments: { ...numbers, [first]: numbers[first] + by } }] };
}

function filled({ expression, numbers }: ReadSum): string {
  return expression.replace(/[a-z]+/g, (name) => `${numbers[name]}`);
}

/** A kind that failed and was not changed in this round, drawn in proportion to how often. */
function kindToHelp(prompt: string): ReadSum | undefined {
  const changed = new Set([...prompt.matchAll(/^(?:add|revise)_function (\w+)$/gm)].map(([, name]) => name));
  const failed = prompt.split("\n").filter((line) => line.startsWith("failed: ")).flatMap((line) => readSum(line) ?? [])
    .filter(({ family }) => !changed.has(family));
  return failed[Math.floor(hashShare(prompt) * failed.length)];
}

function changeOf(prompt: string, write: (expression: string) => string): Saying {
  const { family, numbers, expression } = kindToHelp(prompt)!;
  const draft = {
    name: family,
    description: `Solves problems of the kind '${family}'.`,
    arguments: JSON.stringify(Object.fromEntries(Object.keys(numbers).map((name) => [name, { type: "integer" }]))),
    packages: "",
    code: `({ ${Object.keys(numbers).join(", ")} }) => ${write(expression)}`,
  };
  const [, current = "[]"] = /^## List B\n(.*)$/m.exec(prompt) ?? [];
  const known = (JSON.parse(current) as { name: string }[]).some(({ name }) => name === family);
  return { calls: [{ name: known ? "revise_function" : "add_function", arguments: draft }] };
}
