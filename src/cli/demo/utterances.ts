import { type Clinc150, readClinc150 } from "../../dataset/mod.ts";
import { deskDefaults, drawDeskRequest, type Split } from "../../environment/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { randomStream } from "../../kernels/mod.ts";

/** One thing said, with the action that is right: told to nobody, only used to judge "right" or "wrong". */
export interface DemoUtterance {
  readonly text: string;
  /** Index of the right action. */
  readonly intent: number;
}

/** What people say to the demonstration. */
export interface DemoUtterances {
  /** What it is, for people. */
  readonly title: string;
  /** What could be done. */
  readonly actions: readonly string[];
  /** What is said and judged, in order. */
  readonly judged: readonly DemoUtterance[];
  /** What is asked at the end, without a judgement. */
  readonly heldOut: readonly DemoUtterance[];
}

/** How much is said. */
export interface UtteranceOptions {
  readonly seed: number;
  /** Times that everything is said, each time in another order. */
  readonly passes: number;
  /** Whether the actions' names say what they do, or only count them. */
  readonly names: boolean;
}

const DESK_JUDGED = 3000;
const DESK_HELD_OUT = 500;
/** Random streams of the orders; the pass is added. */
const ORDER_STREAM = 0x64656d6f;

/** Requests to a generated service desk; no file is needed. */
export function deskUtterances(kernels: Kernels, { seed, passes, names }: UtteranceOptions): DemoUtterances {
  const { kinds } = deskDefaults;
  const draw = (count: number, split: Split): DemoUtterance[] =>
    Array.from({ length: count }, (_, index) => {
      const { text, kind } = drawDeskRequest(seed * 1_000_003 + index, split);
      return { text, intent: kinds.indexOf(kind) };
    });
  return {
    title: `a generated service desk, ${kinds.length} kinds of request`,
    actions: names ? kinds : opaque(kinds.length),
    judged: inPasses(kernels, draw(DESK_JUDGED, "train"), seed, passes),
    heldOut: draw(DESK_HELD_OUT, "validation"),
  };
}

/** The utterances of CLINC150. @throws {EddyError} `data_missing` With where to get them, `data_invalid`. */
export async function clincUtterances(
  kernels: Kernels,
  folder: string,
  { seed, passes, names }: UtteranceOptions,
): Promise<DemoUtterances> {
  const { intents, train, validation }: Clinc150 = await readClinc150(folder);
  return {
    title: `CLINC150, ${train.length.toLocaleString("en-US")} utterances of ${intents.length} intents`,
    actions: names ? intents.map((intent) => intent.replaceAll("_", " ")) : opaque(intents.length),
    judged: inPasses(kernels, train, seed, passes),
    heldOut: validation,
  };
}

function opaque(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `action ${index + 1}`);
}

/** All of it, again and again, mixed by Fisher and Yates each time. */
function inPasses(
  kernels: Kernels,
  utterances: readonly DemoUtterance[],
  seed: number,
  passes: number,
): DemoUtterance[] {
  return Array.from({ length: passes }, (_, pass) => {
    const random = randomStream(kernels, seed, ORDER_STREAM + pass);
    const order = [...utterances];
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }).flat();
}
