import { z } from "zod";

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const count = z.int().min(1);

/** What agents and adapters may be called. */
const NAME = /^[a-zA-Z][a-zA-Z0-9._-]{0,63}$/;

const metric = z.strictObject({
  type: z.enum(["boolean", "number"]),
  level: z.enum(["step", "episode"]).default("step"),
  direction: z.enum(["maximize", "minimize"]).default("maximize"),
  range: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, "the lowest comes first").optional(),
  windowSeconds: positive.default(3600),
  missing: z.union([share, z.enum(["mean", "ignore"])]).default("ignore"),
  aggregation: z.enum(["first", "last", "mean", "minimum", "maximum"]).default("first"),
}).refine(({ type, range }) => type === "boolean" || range !== undefined, {
  path: ["range"],
  message: "a number needs the range that it lies in, as in [1, 5]",
});

const actions = z.array(z.string().min(1)).min(2).refine((list) => new Set(list).size === list.length, {
  message: "each action may stand there once",
});

const rewardModel = z.discriminatedUnion("model", [
  z.strictObject({
    model: z.literal("logistic"),
    hashBits: z.int().min(8).max(24).optional(),
    learningRate: positive.optional(),
    l2: z.number().min(0).optional(),
  }),
  z.strictObject({ model: z.literal("belief"), actions, candidates: z.enum(["names", "ids"]).optional() }),
]);

const policy = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("reward-model"), options: rewardModel }),
  z.strictObject({
    kind: z.literal("checkpoint"),
    path: z.string().min(1),
    environment: z.string().min(1).optional(),
    chatTemplate: z.string().min(1).optional(),
    weights: z.enum(["e4", "e7", "q8", "f32"]).optional(),
    lora: z.strictObject({
      rank: count.max(1024).default(8),
      alpha: positive.default(16),
      targets: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).default("all-linear"),
    }).optional(),
    device: z.enum(["auto", "cpu", "webgpu"]).optional(),
    adapters: z.record(z.string().regex(NAME), z.string().min(1)).optional(),
  }),
]);

const exploration = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("greedy") }),
  z.strictObject({ kind: z.literal("epsilon-greedy"), epsilon: share }),
  z.strictObject({ kind: z.literal("softmax"), temperature: positive }),
  z.strictObject({
    kind: z.literal("inverse-gap"),
    scale: positive.optional(),
    exponent: z.number().min(0).max(1).optional(),
    window: count.optional(),
    top: count.optional(),
    extra: z.int().min(0).optional(),
    floor: z.number().min(0).max(0.1).optional(),
  }),
  z.strictObject({ kind: z.literal("thompson"), draws: count.optional(), scale: positive.optional() }),
]);

const update = z.strictObject({
  judgements: count.default(64),
  seconds: positive.default(3),
  staleness: z.int().min(0).default(4),
  learningRate: positive.default(3e-4),
});

const gate = z.strictObject({
  everyJudgements: count.default(8),
  delayJudgements: z.int().min(0).default(64),
  canaryShare: z.number().min(0).lt(1).default(0.2),
  canaryJudgements: count.default(200),
  heldOutShare: z.number().min(0).max(0.5).default(0.05),
  minimumEffectiveSamples: positive.default(200),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  tolerance: z.number().min(0).max(1).default(0.02),
  driftSigmas: positive.default(5),
});

const agent = z.strictObject({
  policy,
  candidates: actions.optional(),
  metrics: z.record(z.string().regex(/^[a-z][a-zA-Z0-9_-]{0,63}$/), metric).default({
    correct: {
      type: "boolean",
      level: "step",
      direction: "maximize",
      windowSeconds: 3600,
      missing: "ignore",
      aggregation: "first",
    },
  }),
  learnsFrom: z.string().optional(),
  mode: z.enum(["learn", "frozen", "shadow"]).default("learn"),
  exploration: exploration.optional(),
  update: update.prefault({}),
  gate: gate.prefault({}),
});

const limits = z.strictObject({
  bodyBytes: count.default(1 << 20),
  concurrent: count.default(512),
  perSecond: z.number().min(0).default(0),
  deadlineMs: positive.default(10_000),
  receiptSeconds: positive.default(7 * 24 * 3600),
});

/** What a service may be told, with every default. */
export const SERVICE_SCHEMA = z.strictObject({
  agents: z.record(z.string().regex(NAME), agent),
  store: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("sqlite"), path: z.string().min(1).default("eddy.db") }),
    z.strictObject({ kind: z.literal("postgresql"), url: z.string().regex(/^postgres(ql)?:\/\//).optional() }),
  ]).prefault({ kind: "sqlite" }),
  retentionDays: z.number().min(0).default(0),
  http: z.strictObject({
    host: z.string().min(1).default("127.0.0.1"),
    port: z.int().min(0).max(65535).default(8000),
    corsOrigins: z.array(z.string()).default([]),
    limits: limits.prefault({}),
    access: z.enum(["open", "keys"]).default("open"),
  }).prefault({}),
  edge: z.strictObject({
    centre: z.string().regex(/^https?:\/\//),
    outbox: z.string().min(1).default("outbox.db"),
  }).optional(),
});
