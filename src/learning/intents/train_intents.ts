import { readClinc150, type Utterance } from "../../dataset/mod.ts";
import { EddyError } from "../../errors.ts";
import { type Kernels, randomStream } from "../../kernels/mod.ts";
import type { TrainConfiguration } from "../configuration.ts";
import type { DoneEvent, TrainingEvent } from "../events.ts";
import { learnIntents, type LearnIntentsOptions } from "./learn_intents.ts";

/** The random stream that mixes the utterances. */
const ORDER_STREAM = 0xfffffffe;

/**
 * One pass over CLINC150's training utterances, told only right or wrong, then the validation utterances.
 *
 * The knobs stand in `environmentOptions`: `data`, the folder of the data set, and `candidates`, `names` or `ids`. Points
 * of the curve are the share of right answers since the last point, each given before its answer was told.
 *
 * @throws {EddyError} `data_missing` With where to get the data set, `data_invalid`, `configuration_invalid`.
 */
export async function trainIntents(
  configuration: TrainConfiguration,
  { kernels, now, onEvent }: {
    readonly kernels: Kernels;
    readonly now: () => number;
    readonly onEvent: (event: TrainingEvent) => void;
  },
): Promise<DoneEvent> {
  const { seed, preset, environment, environmentOptions, reinforcement: { episodesPerUpdate } } = configuration;
  const { data, candidates = "names" } = environmentOptions;
  if (candidates !== "names" && candidates !== "ids") {
    const message = `Cannot set 'environmentOptions.candidates': expected names or ids, got '${candidates}'`;
    throw new EddyError("configuration_invalid", message);
  }
  const { intents, train, validation } = await readClinc150(typeof data === "string" ? data : ".");
  const started = now();
  const seconds = (): number => (now() - started) / 1000;
  const updates = Math.ceil(train.length / episodesPerUpdate);
  onEvent({
    event: "start",
    preset,
    environment,
    seed,
    parameters: 0,
    workers: 1,
    instructionSet: kernels.instructionSet(),
    phases: [{ name: "reinforcement", updates }],
  });
  const evaluation = (phase: "untrained" | "reinforcement", update: number, success: number, episodes: number): void =>
    onEvent({ event: "evaluation", phase, update, seconds: seconds(), success, episodes, meanReturn: success });
  let untrained = 0;
  const options: LearnIntentsOptions = {
    candidates,
    reportEvery: episodesPerUpdate,
    onUntrained: (share) => evaluation("untrained", 0, untrained = share, validation.length),
  };
  const actions = intents.map((intent) => intent.replaceAll("_", " "));
  let told = 0;
  const stream = { train: mixed(train, randomStream(kernels, seed, ORDER_STREAM)), validation, actions };
  const learned = learnIntents(kernels, stream, options, ({ events, progressive, recent }) => {
    const update = Math.ceil(events / episodesPerUpdate);
    const episodes = events - told;
    told = events;
    const metrics = { success: recent, progressive, answersPerSecond: events / seconds() };
    onEvent({ event: "update", phase: "reinforcement", update, updates, seconds: seconds(), metrics });
    evaluation("reinforcement", update, recent, episodes);
  });
  learned.policy[Symbol.dispose]();
  evaluation("reinforcement", updates, learned.validation, validation.length);
  const done: DoneEvent = {
    event: "done",
    success: learned.validation,
    warmStart: untrained,
    untrained,
    seconds: seconds(),
    seed,
    updates,
    tokens: 0,
    checkpoint: "",
  };
  onEvent(done);
  return done;
}

/** Fisher and Yates: the file lists one intent after another. */
function mixed(utterances: readonly Utterance[], random: () => number): Utterance[] {
  const order = [...utterances];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
