import type { AgentRequest, DecidedStep } from "../../../src/agent/mod.ts";
import type { StepRecord } from "../../../src/episode/mod.ts";
import { EddyError } from "../../../src/errors.ts";
import type { AppDependencies } from "../../../src/http/mod.ts";
import { formatToolCall } from "../../../src/language/mod.ts";
import { CONFIGURATION, fakeApp } from "../fakes.ts";
import { type Chosen, servedAgent } from "../served_agent.ts";

/** As the other fake: writes tool calls where nothing is listed. */
const { candidates: _, ...WRITING } = CONFIGURATION;

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
      ...fakeApp({ anonymous: ["decide"] }).deps,
      store: undefined,
      loop: undefined,
      agents: new Map([
        ["router", { configuration: CONFIGURATION, served: servedAgent("router", "reward-model", choose) }],
        ["desk", { configuration: WRITING, served: servedAgent("desk", "transformer", write) }],
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
      monotonic: () => 0,
      newId: () => `id-${++ids}`,
      limits: { bodyBytes: 4096, concurrent: 8, perSecond: 0, deadlineMs: 1000, receiptSeconds: 3600 },
      ...changes,
    },
  };
  return fake;
}

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
