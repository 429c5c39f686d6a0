/** A model folder's tensors by their names in the file. */
export type NamedTensors = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly values: ArrayLike<number> }
>;

// deno-lint-ignore no-explicit-any -- a config.json, read the way transformers reads it
type Config = Readonly<Record<string, any>>;
type Vector = number[];

const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
const add = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]);

function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; n < 200; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

const ACTIVATIONS: Readonly<Record<string, (x: number) => number>> = {
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/**
 * Logits of every position of one sequence, in float64, straight from a config.json and the tensors of its folder: slow,
 * and written from the architectures' published definitions without a line of the code under test.
 */
export function decoderLogits(config: Config, tensors: NamedTensors, tokens: readonly number[]): number[][] {
  return config.model_type === "gpt2" ? gpt2(config, tensors, tokens) : llamaLike(config, tensors, tokens);
}

function reader(tensors: NamedTensors): {
  vector(name: string): Vector;
  rows(name: string): Vector[];
} {
  const get = (name: string): { shape: readonly number[]; values: Vector } => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`the oracle needs '${name}'`);
    return { shape: tensor.shape, values: Array.from(tensor.values) };
  };
  return {
    vector: (name) => get(name).values,
    rows(name): Vector[] {
      const { shape: [rows, columns], values } = get(name);
      return Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
    },
  };
}

const multiply = (rows: Vector[], x: Vector, bias?: Vector): Vector =>
  rows.map((row, i) => dot(row, x) + (bias?.[i] ?? 0));

function attend(
  queries: Vector[][],
  keys: Vector[][],
  values: Vector[][],
  { scale, cap, window }: { scale: number; cap?: number; window: number },
): Vector[] {
  return queries.map((heads, position) =>
    heads.flatMap((query, head) => {
      const shared = Math.floor(head / (heads.length / keys[0].length));
      const first = Math.max(0, position + 1 - window);
      const weights = keys.slice(first, position + 1).map((key) => {
        const score = scale * dot(query, key[shared]);
        return Math.exp(cap ? cap * Math.tanh(score / cap) : score);
      });
      const sum = weights.reduce((a, b) => a + b, 0);
      return query.map((_, i) =>
        weights.reduce((total, weight, j) => total + weight / sum * values[first + j][shared][i], 0)
      );
    })
  );
}

const split = (x: Vector, size: number): Vector[] =>
  Array.from({ length: x.length / size }, (_, i) => x.slice(i * size, (i + 1) * size));

function layerNorm(x: Vector, weight: Vector, bias: Vector, epsilon: number): Vector {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value, i) => (value - mean) / Math.sqrt(variance + epsilon) * weight[i] + bias[i]);
}

function gpt2(config: Config, tensors: NamedTensors, tokens: readonly number[]): number[][] {
  const { vector, rows } = reader(tensors);
  const hidden: number = config.n_embd, size = hidden / config.n_head;
  const norm = (x: Vector, name: string): Vector =>
    layerNorm(x, vector(`${name}.weight`), vector(`${name}.bias`), config.layer_norm_epsilon);
  // Conv1D: x · W with W [in, out].
  const conv = (x: Vector, name: string): Vector => {
    const weight = rows(`${name}.weight`);
    return vector(`${name}.bias`).map((bias, j) => x.reduce((sum, value, i) => sum + value * weight[i][j], bias));
  };
  const table = rows("transformer.wte.weight"), places = rows("transformer.wpe.weight");
  let x = tokens.map((token, position) => add(table[token], places[position]));
  for (let layer = 0; layer < config.n_layer; layer++) {
    const at = `transformer.h.${layer}`;
    const projected = x.map((x) => conv(norm(x, `${at}.ln_1`), `${at}.attn.c_attn`));
    const [q, k, v] = [0, 1, 2].map((part) =>
      projected.map((p) => split(p.slice(part * hidden, (part + 1) * hidden), size))
    );
    const scale = config.scale_attn_weights === false ? 1 : 1 / Math.sqrt(size);
    const attended = attend(q, k, v, { scale, window: Infinity });
    x = x.map((x, t) => add(x, conv(attended[t], `${at}.attn.c_proj`)));
    x = x.map((x) => {
      const inner = conv(norm(x, `${at}.ln_2`), `${at}.mlp.c_fc`).map(ACTIVATIONS[config.activation_function]);
      return add(x, conv(inner, `${at}.mlp.c_proj`));
    });
  }
  const head = config.tie_word_embeddings === false ? rows("lm_head.weight") : table;
  return x.map((x) => multiply(head, norm(x, "transformer.ln_f")));
}

/** Inverse frequencies and the factor of cosines and sines. */
function rope(
  config: Config,
  settings: Config,
  size: number,
  length: number,
): { frequencies: number[]; factor: number } {
  const base: number = settings.rope_theta, dimension = Math.floor(size * (settings.partial_rotary_factor ?? 1));
  const plain = Array.from({ length: dimension / 2 }, (_, i) => 1 / base ** (2 * i / dimension));
  const type = settings.rope_type ?? settings.type ?? "default", s = settings.factor;
  const original = settings.original_max_position_embeddings ?? config.original_max_position_embeddings ??
    config.max_position_embeddings;
  if (type === "linear") return { frequencies: plain.map((f) => f / s), factor: 1 };
  if (type === "longrope") {
    const stretch = config.max_position_embeddings / original;
    const factors: number[] = length > original ? settings.long_factor : settings.short_factor;
    const factor = settings.attention_factor ?? Math.sqrt(1 + Math.log(stretch) / Math.log(original));
    return { frequencies: plain.map((f, i) => f / factors[i]), factor };
  }
  if (type === "yarn") {
    const place = (turns: number): number =>
      dimension * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    const low = Math.max(Math.floor(place(settings.beta_fast ?? 32)), 0);
    const high = Math.min(Math.ceil(place(settings.beta_slow ?? 1)), dimension - 1);
    const ramp = (i: number): number => Math.min(Math.max((i - low) / (high - low || 0.001), 0), 1);
    const frequencies = plain.map((f, i) => f / s * ramp(i) + f * (1 - ramp(i)));
    return { frequencies, factor: settings.attention_factor ?? 0.1 * Math.log(s) + 1 };
  }
  return { frequencies: plain, factor: 1 };
}

function turn(x: Vector, position: number, { frequencies, factor }: ReturnType<typeof rope>): Vector {
  const half = frequencies.length, out = [...x];
  frequencies.forEach((frequency, i) => {
    const cosine = Math.cos(position * frequency) * factor, sine = Math.sin(position * frequency) * factor;
    out[i] = x[i] * cosine - x[i + half] * sine;
    out[i + half] = x[i + half] * cosine + x[i] * sine;
  });
  return out;
}

function isSliding(config: Config, layer: number): boolean {
  if (config.layer_types) return config.layer_types[layer] === "sliding_attention";
  switch (config.model_type) {
    case "mistral":
    case "phi3":
      return typeof config.sliding_window === "number";
    case "qwen2":
    case "qwen3":
      return config.use_sliding_window === true && layer >= config.max_window_layers;
    case "gemma2":
      return layer % 2 === 0;
    case "gemma3_text":
      return (layer + 1) % config.sliding_window_pattern !== 0;
    default:
      return false;
  }
}

function ropeSettings(config: Config, sliding: boolean): Config {
  const kind = sliding ? "sliding_attention" : "full_attention";
  if (config.rope_parameters) return config.rope_parameters[kind] ?? config.rope_parameters;
  if (config.model_type === "gemma3_text" && sliding) return { rope_theta: config.rope_local_base_freq };
  const shared = { rope_theta: config.rope_theta, partial_rotary_factor: config.partial_rotary_factor };
  return { ...shared, ...config.rope_scaling };
}

function llamaLike(config: Config, tensors: NamedTensors, tokens: readonly number[]): number[][] {
  const { vector, rows } = reader(tensors);
  const type: string = config.model_type, isGemma = type.startsWith("gemma"), newGemma = /^gemma[23]/.test(type);
  const optional = (name: string): Vector | undefined => tensors.has(name) ? vector(name) : undefined;
  const norm = (x: Vector, name: string): Vector => {
    const weight = vector(name);
    const inverse = 1 / Math.sqrt(dot(x, x) / x.length + config.rms_norm_eps);
    return x.map((value, i) => value * inverse * (weight[i] + (isGemma ? 1 : 0)));
  };
  const linear = (x: Vector, name: string): Vector => multiply(rows(`${name}.weight`), x, optional(`${name}.bias`));
  const heads: number = config.num_attention_heads, keyHeads: number = config.num_key_value_heads ?? heads;
  const size: number = config.head_dim ?? config.hidden_size / heads;
  const scale = newGemma ? config.query_pre_attn_scalar ** -0.5 : size ** -0.5;
  const activation = isGemma ? ACTIVATIONS.gelu_new : ACTIVATIONS[config.hidden_act];
  const table = rows("model.embed_tokens.weight");
  let x = tokens.map((token) => table[token].map((value) => isGemma ? value * Math.sqrt(config.hidden_size) : value));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`, attention = `${at}.self_attn`, sliding = isSliding(config, layer);
    const rotation = rope(config, ropeSettings(config, sliding), size, tokens.length);
    const projected = x.map((x) => {
      const n = norm(x, `${at}.input_layernorm.weight`);
      if (type === "phi3") return linear(n, `${attention}.qkv_proj`);
      return ["q", "k", "v"].flatMap((part) => linear(n, `${attention}.${part}_proj`));
    });
    const side = (first: number, count: number, name: string | undefined): Vector[][] =>
      projected.map((p, position) =>
        split(p.slice(first * size, (first + count) * size), size).map((head) => {
          if (name === undefined) return head;
          const full = `${attention}.${name}_norm.weight`;
          return turn(tensors.has(full) ? norm(head, full) : head, position, rotation);
        })
      );
    const [q, k, v] = [
      side(0, heads, "q"),
      side(heads, keyHeads, "k"),
      side(heads + keyHeads, keyHeads, undefined),
    ];
    const window = sliding ? config.sliding_window : Infinity;
    const attended = attend(q, k, v, { scale, cap: config.attn_logit_softcapping, window });
    x = x.map((x, t) => {
      const out = linear(attended[t], `${attention}.o_proj`);
      return add(x, newGemma ? norm(out, `${at}.post_attention_layernorm.weight`) : out);
    });
    x = x.map((x) => {
      const before = newGemma ? "pre_feedforward_layernorm" : "post_attention_layernorm";
      const n = norm(x, `${at}.${before}.weight`);
      const both = type === "phi3"
        ? linear(n, `${at}.mlp.gate_up_proj`)
        : [...linear(n, `${at}.mlp.gate_proj`), ...linear(n, `${at}.mlp.up_proj`)];
      const [gate, up] = split(both, both.length / 2);
      const out = linear(gate.map((g, i) => activation(g) * up[i]), `${at}.mlp.down_proj`);
      return add(x, newGemma ? norm(out, `${at}.post_feedforward_layernorm.weight`) : out);
    });
  }
  const head = tensors.has("lm_head.weight") ? rows("lm_head.weight") : table;
  const cap: number | undefined = config.final_logit_softcapping;
  return x.map((x) =>
    multiply(head, norm(x, "model.norm.weight")).map((logit) => cap ? cap * Math.tanh(logit / cap) : logit)
  );
}
