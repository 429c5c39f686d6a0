import type { AgentConfiguration, AgentRequest, DecidedStep, ServedAgent } from "../../../src/agent/mod.ts";
import type { StepRecord } from "../../../src/episode/mod.ts";
import { EddyError } from "../../../src/errors.ts";
import type { AppDependencies } from "../../../src/http/mod.ts";
import { formatToolCall } from "../../../src/language/mod.ts";

/** Milliseconds since 1970 at which everything happens. */
export const NOW = 1_760_000_000_000;

const CONFIGURATION: AgentConfiguration = {
  policy: { kind: "reward-model", options: { model: "logistic" } },
  metrics: {
    correct: {
      type: "boolean",
      level: "step",
      direction: "maximize",
      windowSeconds: 60,
      missing: "ignore",
      aggregation: "first",
    },
  },
  learnsFrom: "correct",
  mode: "learn",
  exploration: { kind: "epsilon-greedy", epsilon: 0.5 },
  update: { judgements: 8, seconds: 1, staleness: 4, learningRate: 0.1 },
  gate: {
    everyJudgements: 8,
    delayJudgements: 0,
    canaryShare: 0,
    canaryJudgements: 8,
    heldOutShare: 0.1,
    minimumEffectiveSamples: 8,
    confidence: 0.9,
    tolerance: 0,
    driftSigmas: 4,
  },
};

/** What a test sees of the application: what was kept, in order, and whether keeping fails. */
export interface FakeApplication {
  readonly deps: AppDependencies;
  readonly kept: StepRecord[];
  failing: boolean;
}

/** An application over two agents: `router` chooses among candidates, `desk` writes tool calls. */
export function fakeApplication(changes: Partial<AppDependencies> = {}): FakeApplication {
  let ids = 0;
  const fake: FakeApplication = {
    kept: [],
    failing: false,
    deps: {
      agents: new Map([
        ["router", {
          configuration: { ...CONFIGURATION, candidates: ["billing", "shipping"] },
          served: served("router", "reward-model", choose),
        }],
        ["desk", { configuration: CONFIGURATION, served: served("desk", "transformer", write) }],
      ]),
      recorder: {
        addSteps: (steps) => {
          if (fake.failing) return Promise.reject(new EddyError("store_unavailable", "Cannot keep: the disk is away"));
          fake.kept.push(...steps);
          return Promise.resolve();
        },
        addFeedback: () => Promise.resolve([]),
        endEpisode: () => Promise.resolve(),
      },
      access: { anonymous: ["decide"], verify: () => undefined },
      receiptSecrets: [new Uint8Array(32).fill(7)],
      now: () => NOW,
      monotonic: () => 0,
      newId: () => `id-${++ids}`,
      randomSeed: () => 7,
      limits: { bodyBytes: 4096, concurrent: 8, perSecond: 0, deadlineMs: 1000, receiptSeconds: 3600 },
      version: "0.0.0",
      ...changes,
    },
  };
  return fake;
}

function served(
  name: string,
  kind: ServedAgent["kind"],
  decide: (request: AgentRequest) => Omit<DecidedStep, "record"> & { readonly record: Chosen },
): ServedAgent {
  return {
    name,
    kind,
    assignment: { incumbent: 3 },
    installed: [3],
    decide: (request) => {
      const { record, ...answer } = decide(request);
      const { stepId: id, episodeId, now: createdAt, turns, seed } = request;
      const known = { id, episodeId, agent: name, policyVersion: 3, arm: "incumbent", createdAt, turns, seed } as const;
      return { ...answer, record: { ...known, ...record } };
    },
    install: () => {},
    uninstall: () => {},
    assign: () => {},
    [Symbol.dispose]: () => {},
  };
}

type Chosen = Pick<StepRecord, "action" | "choice" | "propensity" | "probabilities" | "candidates">;

/** The first candidate is the best; exploring halves its probability: with a seed that is odd the last is taken. */
function choose(request: AgentRequest): { record: Chosen } {
  const candidates = request.candidates ?? ["billing", "shipping"];
  const best = request.explore === false || candidates.length === 1 ? 1 : 0.5;
  const rest = (1 - best) / Math.max(1, candidates.length - 1);
  const probabilities = candidates.map((_, index) => index === 0 ? best : rest);
  const choice = best === 1 || request.seed % 2 === 0 ? 0 : candidates.length - 1;
  return {
    record: { candidates, action: candidates[choice], choice, propensity: probabilities[choice], probabilities },
  };
}

/** Calls the last tool with the first value of each argument, in tokens of eight characters. */
function write(request: AgentRequest): Omit<DecidedStep, "record"> & { readonly record: Chosen } {
  if (request.candidates) return choose(request);
  const tool = (request.tools ?? [WORLD_TOOL]).at(-1)!;
  const values = Object.entries(tool.parameters.properties).map(([name, parameter]) => [
    name,
    parameter.type === "integer" ? parameter.minimum : "enum" in parameter ? parameter.enum[0] : "O0000",
  ]);
  const action = formatToolCall({ name: tool.name, arguments: Object.fromEntries(values) });
  const texts = action.match(/[^]{1,8}/g)!;
  const propensity = Math.exp(-0.125 * texts.length);
  return {
    record: { action, propensity },
    tokens: texts.map((text) => ({ text, logProb: -0.125 })),
    promptTokens: request.turns.length * 10,
  };
}

const WORLD_TOOL = {
  name: "close_ticket",
  description: "",
  parameters: { type: "object", properties: { ticket: { type: "string", enum: ["T69"] } } },
} as const;
