import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  chatTemplate,
  compileConstraint,
  type ConstraintSpec,
  formatToolCalls,
  parseToolCalls,
  readToolCallForm,
  type ToolCallForm,
  type ToolCallFormName,
  toolCallForms,
  trainTokenizer,
} from "../../src/language/mod.ts";
import { after, allowedIn, allows, someTokens } from "./writing.ts";

const kernels = await loadKernels();
const MARKS = ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"];
const corpus = Array(5).fill(
  '{"name": "add_more", "parameters": {"list": [true]}} "arguments": tool_call TOOL_CALLS ARGS',
);
/** One that has the marks as special tokens, and one that spells them. */
const tokenizers = [MARKS, []].map((marks) =>
  trainTokenizer(kernels, corpus, { vocabularySize: 330, specialTokens: ["<|end|>", "<|other|>", ...marks] })
);
const endToken = tokenizers[0].tokenId("<|end|>")!;
const tools = [
  {
    name: "add",
    parameters: {
      type: "object",
      properties: { a: { type: "integer", minimum: 0, maximum: 9 }, b: { enum: ["x", "é", "</tool_call>"] } },
      required: ["a", "b"],
      additionalProperties: false,
    },
  },
  // no type, and a name that another begins with
  {
    name: "add_more",
    parameters: {
      properties: { list: { type: "array", items: { $ref: "#/$defs/flag" }, maxItems: 2 } },
      additionalProperties: false,
      $defs: { flag: { type: "boolean" } },
    },
  },
  { name: "stop", parameters: { type: "object", additionalProperties: false } },
];
const validators = new Map(
  tools.map(({ name, parameters }) => [name, new Ajv2020({ strict: false }).compile(parameters)]),
);
const names = Object.keys(toolCallForms) as ToolCallFormName[];
const calls = [{ name: "add", arguments: { a: 3, b: "é" } }, { name: "add_more", arguments: { list: [true] } }];

describe("compileConstraint() of tool calls", () => {
  for (const name of names) {
    it(`writes calls in the form ${name}, which its parser reads and the schemas allow`, async () => {
      let counter = 0;
      const random = () => kernels.uniform(11, 0, counter++);
      const { family } = toolCallForms[name];
      for (const tokenizer of tokenizers) {
        for (const [choice, several] of [["required", false], ["required", true], ["auto", true]] as const) {
          const spec = { toolCalls: tools, form: name, choice, several };
          using constraint = await compileConstraint(spec, tokenizer, { endToken });
          const counts: number[] = [];
          for (let draw = 0; draw < 6; draw++) {
            const often = [...MARKS, "{", '{"', '"', "}", "]", "<", "["];
            const tokens = someTokens(constraint, { tokenizer, endToken, random, limit: 150, often });
            if (!tokens) continue;
            const text = tokenizer.decode(tokens);
            const parsed = parseToolCalls(text, family);
            if (choice === "required") equal(parsed.content, "", text);
            for (const call of parsed.calls) ok(validators.get(call.name)?.(call.arguments), text);
            counts.push(parsed.calls.length);
          }
          ok(counts.length > 2, `${counts.length} texts`);
          if (choice === "required") ok(counts.every((count) => several ? count >= 1 : count === 1), String(counts));
        }
      }
    });

    it(`allows what formatToolCalls() writes in the form ${name}, marks as tokens where there are any`, async () => {
      for (const tokenizer of tokenizers) {
        const text = formatToolCalls(calls, name);
        const tokens = tokenizer.encode(text, { parseSpecial: true });
        deepEqual(parseToolCalls(tokenizer.decode(tokens), toolCallForms[name].family), { content: "", calls });
        const options = { endToken, jumpAhead: false };
        const form: ConstraintSpec = { toolCalls: tools, form: name, several: true };
        using forced = await compileConstraint(form, tokenizer, options);
        const state = after(forced, tokens);
        ok(state !== undefined && allows(forced, state, endToken), text);
        using single = await compileConstraint({ ...form, several: false }, tokenizer, options);
        equal(after(single, tokens), undefined);
        // spelled out they are no marks
        if (MARKS.some((mark) => tokenizer.tokenId(mark) !== undefined && text.includes(mark))) {
          equal(after(forced, tokenizer.encode(text)), undefined);
        }
        using auto = await compileConstraint({ ...form, choice: "auto" }, tokenizer, options);
        const mark = MARKS.find((mark) => text.startsWith(mark)) ?? "";
        const words = mark === "" ? "" : "Ünder <to [TOO <|py ";
        const parts = [words + mark, text.slice(mark.length)].flatMap((part) => [
          ...tokenizer.encode(part, { parseSpecial: true }),
        ]);
        const called = after(auto, parts);
        ok(called !== undefined && allows(auto, called, endToken), words + text);
      }
    });
  }

  it("lets any text be written beside calls, ended by any end", async () => {
    for (const tokenizer of tokenizers) {
      const other = tokenizer.tokenId("<|other|>")!;
      for (const form of names) {
        const spec: ConstraintSpec = { toolCalls: tools, form, choice: "auto", several: true };
        using auto = await compileConstraint(spec, tokenizer, { endToken, endTokens: [other] });
        for (const text of ["", "Hello", '{"city": "Rome"}', " [1, 2] <tool", "{}", '{ "names": 1}', "日本"]) {
          const state = after(auto, tokenizer.encode(text));
          ok(state !== undefined && [endToken, other].every((end) => allows(auto, state, end)), `${form}: ${text}`);
        }
        // what the parser would read as a call of a tool that is not there
        const bogus = formatToolCalls([{ name: "rm", arguments: {} }], form);
        for (const text of [bogus, `  ${bogus}`]) {
          equal(after(auto, tokenizer.encode(text, { parseSpecial: true })), undefined, `${form}: ${text}`);
          equal(after(auto, tokenizer.encode(text)), undefined, `${form}: ${text}`);
        }
        const free = allowedIn(auto, after(auto, tokenizer.encode("Hello"))!);
        ok(free.length > tokenizer.vocabularySize - 10, `${form}: ${free.length}`);
      }
    }
  });

  it("forces what can only follow, in the tokenizer's own tokens", async () => {
    const [tokenizer] = tokenizers;
    const only = [{ name: "stop", parameters: { type: "object", additionalProperties: false } }];
    for (const form of names) {
      using constraint = await compileConstraint({ toolCalls: only, form }, tokenizer, { endToken });
      const tokens: number[] = [];
      for (let state = 0; constraint.forced(state) !== endToken;) {
        const token = constraint.forced(state);
        ok(token >= 0, `${form} after ${tokenizer.decode(tokens)}`);
        tokens.push(token);
        state = constraint.next(state, token);
      }
      const text = formatToolCalls([{ name: "stop", arguments: {} }], form);
      deepEqual(tokens, [...tokenizer.encode(text, { parseSpecial: true })], form);
    }
  });

  it("takes as many tools as OpenAI's clients may send", async () => {
    const [tokenizer] = tokenizers;
    const kinds = [{ type: "string" }, { type: "integer", minimum: 0 }, { enum: ["a", "b"] }, {
      type: "array",
      items: {},
    }];
    const many = Array.from({ length: 128 }, (_, tool) => ({
      name: `tool_${tool}`,
      parameters: { properties: Object.fromEntries(kinds.map((kind, at) => [`argument_${at}`, kind])) },
    }));
    for (const form of ["hermes", "llama3", "mistral", "json"] as const) {
      using constraint = await compileConstraint({ toolCalls: many, form }, tokenizer, { endToken, jumpAhead: false });
      const text = formatToolCalls([{ name: "tool_12", arguments: { argument_0: "é", argument_2: "b" } }], form);
      const state = after(constraint, tokenizer.encode(text, { parseSpecial: true }));
      ok(state !== undefined && allows(constraint, state, endToken), form);
    }
  });

  it("refuses what a form cannot write", async () => {
    const [tokenizer] = tokenizers;
    const refused = async (spec: unknown, message: RegExp): Promise<void> => {
      const made = compileConstraint(spec as ConstraintSpec, tokenizer, { endToken });
      await rejects(made, (error) => error instanceof EddyError && message.test(error.message));
    };
    await refused({ toolCalls: [{ name: "a b" }], form: "mistral-named" }, /name 'a b' has more than letters/);
    await refused({ toolCalls: [{ name: "a", parameters: { type: "string" } }] }, /tool 'a' are of type 'string'/);
    await refused({ toolCalls: [{ name: "a" }], form: "xml" }, /form is 'xml'/);
    await refused({ toolCalls: [{ name: "a" }], choice: "maybe" }, /choice is 'maybe'/);
    await refused({ toolCalls: [{ name: "a", parameters: { not: {} } }] }, /satisfies|not/);
    await rejects(compileConstraint({ choices: ["a"] }, tokenizer, { endToken, endTokens: [-1] }), /endTokens is -1/);
    throws(() => formatToolCalls([], "hermes"), RangeError);
    using quoted = await compileConstraint({ toolCalls: [{ name: 'say "é"' }] }, tokenizer, {
      endToken,
      jumpAhead: false,
    });
    const text = formatToolCalls([{ name: 'say "é"', arguments: {} }], "hermes");
    ok(after(quoted, tokenizer.encode(text, { parseSpecial: true })) !== undefined);
  });
});

const loop = (call: string): string =>
  "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}{% for m in messages %}<|{{ m.role }}|>{{ m.content }}" +
  `{% if m.tool_calls %}${call}{% endif %}</s>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`;
const each = (inside: string, between = ""): string =>
  `{% for call in m.tool_calls %}{% set call = call %}${inside}{% if not loop.last %}${between}{% endif %}{% endfor %}`;
const object = '{"name": "{{ call.function.name }}", "ARGUMENTS": {{ call.function.arguments | tojson }}';

describe("readToolCallForm()", () => {
  const cases: readonly (readonly [string, string, ToolCallForm | undefined])[] = [
    [
      "Qwen",
      loop(each(`<tool_call>\\n${object.replace("ARGUMENTS", "arguments")}}\\n</tool_call>`, "{{ '\\n' }}")).replaceAll(
        "\\n",
        "\n",
      ),
      {
        ...toolCallForms.hermes,
        beforeName: '<tool_call>\n{"name": "',
        afterArguments: "}\n</tool_call>",
        between: "\n",
      },
    ],
    ["Llama 3.2", loop(each(object.replace("ARGUMENTS", "parameters") + "}", "; ")), toolCallForms.llama3],
    [
      "Llama 3.1",
      loop("<|python_tag|>" + each(object.replace("ARGUMENTS", "parameters") + "}", "; ")),
      toolCallForms["llama3-python-tag"],
    ],
    [
      "Llama of single calls",
      loop(
        "{% if m.tool_calls | length != 1 %}{{ raise_exception('one') }}{% endif %}" +
          each(object.replace("ARGUMENTS", "parameters") + "}"),
      ),
      { ...toolCallForms.llama3, between: undefined },
    ],
    [
      "Mistral with ids",
      loop("[TOOL_CALLS] [" + each(object.replace("ARGUMENTS", "arguments") + ', "id": "{{ call.id }}"}', ", ") + "]"),
      {
        ...toolCallForms.mistral,
        opening: "[TOOL_CALLS] [",
        id: { after: "arguments", prefix: ', "id": "', suffix: '"' },
      },
    ],
    [
      "newer Mistral",
      loop(each("[TOOL_CALLS]{{ call.function.name }}[ARGS]{{ call.function.arguments | tojson }}")),
      toolCallForms["mistral-named"],
    ],
    [
      "Mistral with ids after names",
      loop(
        each("[TOOL_CALLS]{{ call.function.name }}[CALL_ID]{{ call.id }}[ARGS]{{ call.function.arguments | tojson }}"),
      ),
      { ...toolCallForms["mistral-named"], id: { after: "name", prefix: "[CALL_ID]", suffix: "" } },
    ],
    ["plain JSON", loop(each(object.replace("ARGUMENTS", "arguments") + "}", "{{ '\\n' }}")), toolCallForms.json],
    ["no calls", loop(""), undefined],
    ["calls like functions", loop(each("{{ call.function.name }}({{ call.function.arguments }})")), undefined],
  ];
  for (const [name, source, want] of cases) {
    it(`reads the form of ${name}`, () => {
      const family = want?.family ?? "json";
      const form = readToolCallForm(chatTemplate(source), family);
      deepEqual(JSON.parse(JSON.stringify(form ?? null)), JSON.parse(JSON.stringify(want ?? null)));
      if (!form) return;
      const written = formatToolCalls(form.between === undefined ? calls.slice(1) : calls, form);
      deepEqual(parseToolCalls(written, family).calls, form.between === undefined ? calls.slice(1) : calls);
    });
  }

  it("gives forms whose ids may be left out", async () => {
    const [tokenizer] = tokenizers;
    for (const [, source] of cases.filter(([name]) => name.includes("ids"))) {
      const form = readToolCallForm(chatTemplate(source), "mistral")!;
      using constraint = await compileConstraint({ toolCalls: tools, form }, tokenizer, { endToken, jumpAhead: false });
      for (const id of [{ id: "abcDEF123" }, {}]) {
        const text = formatToolCalls([{ ...calls[0], ...id }], form);
        const state = after(constraint, tokenizer.encode(text, { parseSpecial: true }));
        ok(state !== undefined && allows(constraint, state, endToken), text);
        deepEqual(parseToolCalls(text, "mistral").calls, [{ ...calls[0], ...id }]);
      }
    }
  });
});
