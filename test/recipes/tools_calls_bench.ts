/**
 * Calls of an agent in the world `tools`, which learns to write them whole: with the trie of what can be called, and
 * freely. Counts calls that the world answers with E400 (no such function) or E404 (no such thing).
 *
 * ```sh
 * deno run -A test/recipes/tools_calls_bench.ts [seeds] [updates]
 * ```
 */
import { tools } from "../../src/environment/mod.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import {
  collectTranscripts,
  demonstrate,
  environmentsOf,
  equalWeights,
  imitate,
  playEpisodes,
  smallTransformer,
  successOf,
  textsOf,
} from "../../src/recipe/mod.ts";

const [seeds = "5", updates = "500"] = Deno.args;
const kernels = await loadKernels();

for (let seed = 1; seed <= +seeds; seed++) {
  const random = randomStream(kernels, seed, 0);
  const expert = tools.create({ world: seed, noise: 0.1, listed: 0 });
  const episodes = collectTranscripts(expert, (each) => each.expert!(random), { solved: 200, failed: 0 });
  using policy = smallTransformer(kernels, textsOf(episodes), { seed, maximumPositions: 4096 });
  const shown = episodes.map((episode) => demonstrate(policy, episode));
  for (let update = 0; update < +updates; update++) {
    const batch = Array.from({ length: 16 }, () => shown[Math.floor(random() * shown.length)]);
    imitate(kernels, policy, batch, { learningRate: 0.002, weights: equalWeights(batch), maxGradientNorm: 1 });
  }
  for (const temperature of [0, 1]) {
    for (const listed of [1, 0]) {
      const played = playEpisodes(kernels, policy, {
        environments: environmentsOf(tools, 100, { world: seed, listed }),
        tasks: Array.from({ length: 100 }, (_, task) => 1_000_000 + task),
        seed,
        temperature,
        keepTurns: true,
      });
      const answers = played.flatMap(({ turns }) => turns.slice(1).map(([{ text }]) => text));
      const invented = answers.filter((text) => /^E40[04]/.test(text)).length;
      const how = `seed ${seed}, temperature ${temperature}, ${listed ? "with the trie" : "freely"}`;
      console.log(`${how}: ${invented} of ${answers.length} calls invented, ${successOf(played)} solved`);
    }
  }
}
