/**
 * Writes steps and feedback until it is killed, and prints what was acknowledged, a line each:
 *
 *     deno run -A test/store/_writer.ts PATH_OR_URL FIRST
 *
 * It starts with what the one before it may have written without hearing of it, so that everything is sent twice.
 */
import { openPostgresStore, openThreadedStore } from "../../src/store/mod.ts";
import { judgement, METRICS, step } from "./_builders.ts";

const [place, first] = Deno.args;
const options = { metrics: { router: METRICS }, groupMs: 1 };
const isAddress = place.startsWith("postgres://");
await using store = await (isAddress ? openPostgresStore(place, options) : openThreadedStore(place, options));
const encoder = new TextEncoder();
const say = (line: string): void => void Deno.stdout.writeSync(encoder.encode(`${line}\n`));

let next = Math.max(0, Number(first) - 100);
say("ready");
await Promise.all(Array.from({ length: 20 }, async () => {
  while (true) {
    const n = next++;
    await store.steps.add([step(n)]);
    say(`step ${n}`);
    await store.feedback.add([judgement(step(n), { value: n % 3 === 0 })]);
    say(`feedback ${n}`);
  }
}));
