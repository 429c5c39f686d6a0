import { loadKernels } from "../../src/kernels/mod.ts";
import { allowedTokens, compileConstraint, createSamplerChain, trainTokenizer } from "../../src/language/mod.ts";

const kernels = await loadKernels();
const tokenizer = trainTokenizer(kernels, [], { vocabularySize: 257, specialTokens: ["<|end|>"] });
const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 14 } },
  required: ["city", "days"],
  additionalProperties: false,
};
const text = tokenizer.encode('{"city":"Reykjavík","days":12}');

Deno.bench(`compileConstraint, then ${text.length} masks of 257 tokens`, async () => {
  using constraint = await compileConstraint({ jsonSchema: schema }, tokenizer);
  let state = 0;
  for (const token of text) {
    state = constraint.next(state, token);
    allowedTokens(constraint, state);
  }
});

for (const choice of ["required", "auto"] as const) {
  const call = tokenizer.encode(
    '<tool_call>{"name": "forecast", "arguments": {"city": "Reykjavík", "days": 12}}</tool_call>',
  );
  const said = tokenizer.encode("I look at the forecast for the next days, which takes a moment. ");
  const tokens = choice === "auto" ? said : call;
  Deno.bench(`compileConstraint of calls, ${choice}, then ${tokens.length} masks of 257 tokens`, async () => {
    const spec = { toolCalls: [{ name: "forecast", parameters: schema }], choice };
    using constraint = await compileConstraint(spec, tokenizer, { jumpAhead: false });
    let state = 0;
    for (const token of tokens) {
      state = constraint.next(state, token);
      allowedTokens(constraint, state);
    }
  });
}

const logits = Float32Array.from(
  { length: 151_936 },
  (_, i) => 6 * kernels.uniform(1, 0, i) + 3 * kernels.uniform(2, 0, i),
);
for (
  const [name, options] of [
    ["the default chain", {}],
    ["top-p and temperature", { order: ["top_p", "temperature"] }],
    ["temperature", { order: ["temperature"] }],
    ["min-p and adaptive-p", { order: ["min_p", "adaptive_p"], adaptiveTarget: 0.2 }],
  ] as const
) {
  const chain = createSamplerChain(kernels, options);
  let counter = 0;
  Deno.bench(`one of 151,936 tokens by ${name}`, () => {
    chain.sample({ logits }, { seed: 1n, stream: 0, counter: counter++ });
  });
}
