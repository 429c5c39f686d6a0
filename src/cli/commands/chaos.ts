import { EddyError } from "../../errors.ts";
import type { Attack } from "../chaos/attack.ts";
import { killAttack } from "../chaos/kill_attack.ts";
import { malformedAttack } from "../chaos/malformed_attack.ts";
import { poisonAttack } from "../chaos/poison_attack.ts";
import type { Call, Command } from "../command.ts";
import { wholeNumber } from "../whole_number.ts";

const KILLS = 200;
const MINUTES = 5;
const PACE = 20;
/** Enough to know what is right at that pace. */
const HONEST_SECONDS = 120;
const REQUESTS = 10_000;

const ATTACKS = {
  process: killAttack("process"),
  postgresql: killAttack("postgresql"),
  database: killAttack("database"),
  poison: poisonAttack,
  malformed: malformedAttack,
} satisfies Record<string, Attack>;
const TARGETS = Object.keys(ATTACKS) as readonly (keyof typeof ATTACKS)[];

/** `eddy chaos`: kills a service under load, lies to it, sends it nonsense, and counts what came of it. */
export const chaosCommand: Command = {
  name: "chaos",
  summary: "Kill a service under load, lie to it, send it nonsense, and count what that does",
  flags: {
    only: { type: "string", multiple: true, value: "ATTACK", meaning: `${TARGETS.join(", ")}; repeatable` },
    kills: {
      type: "string",
      value: "N",
      meaning: `process, postgresql, database: kills of each; ${KILLS} unless given`,
    },
    minutes: { type: "string", value: "M", meaning: `poison: minutes of lies; ${MINUTES} unless given` },
    pace: {
      type: "string",
      value: "N",
      meaning: `poison: judged steps a second; ${PACE} unless given, 0 for all it can`,
    },
    requests: { type: "string", value: "N", meaning: `malformed: requests; ${REQUESTS} unless given` },
    seed: { type: "string", value: "N", meaning: "of the moments of the kills, and of what is malformed" },
    json: { type: "boolean", meaning: "one JSON object a line" },
  },
  examples: [
    ["deno task chaos --only process --kills 20", "a quick look: the server alone, 20 times"],
    ["deno task chaos --only poison --minutes 1", "a minute of judgements turned around"],
    ["deno task chaos --only malformed", "10,000 requests that are wrong in some way"],
  ],
  async run(call, host): Promise<number> {
    const { processor, cores, runtime, eddy } = host.machine;
    const json = call.given("json");
    const attacks = chosen(call);
    const stopping = new AbortController();
    const options = {
      kills: wholeNumber(call, "kills", 1) ?? KILLS,
      minutes: minutesOf(call),
      honestSeconds: HONEST_SECONDS,
      pace: wholeNumber(call, "pace", 0) ?? PACE,
      requests: wholeNumber(call, "requests", 1) ?? REQUESTS,
      seed: wholeNumber(call, "seed", 0) ?? 1,
      json,
      host,
      signal: stopping.signal,
    };
    if (!json) {
      host.stdout.write(`${processor}, ${cores} cores; ${runtime}, Eddy ${eddy}, ${host.date().slice(0, 10)}\n\n`);
    }
    const ignoreInterrupts = host.onInterrupt(() => stopping.abort());
    try {
      let clean = true;
      for (const attack of attacks) {
        if (!stopping.signal.aborted) clean = await attack(options) && clean;
      }
      return clean ? 0 : 1;
    } finally {
      ignoreInterrupts();
    }
  },
};

function chosen(call: Call): readonly Attack[] {
  const wanted = call.texts("only");
  const foreign = wanted.find((name) => !Object.hasOwn(ATTACKS, name));
  if (foreign !== undefined) {
    throw new EddyError("configuration_invalid", `Cannot attack '${foreign}': there are ${TARGETS.join(", ")}`);
  }
  return TARGETS.filter((name) => wanted.length === 0 || wanted.includes(name)).map((name) => ATTACKS[name]);
}

function minutesOf(call: Call): number {
  const minutes = Number(call.text("minutes") ?? MINUTES);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--minutes ${call.text("minutes")}': expected a number above 0`,
  );
}
