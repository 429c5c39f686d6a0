/**
 * Asks a bundle in workerd for paths and prints the answers as JSON; a process of its own, since miniflare keeps timers that
 * a test could not close. Arguments: the bundle, paths.
 */
import { openMiniflare } from "../workers/open_miniflare.ts";

const [bundle, ...paths] = Deno.args;
const script = await Deno.readTextFile(bundle);
const miniflare = await openMiniflare({ modules: true, script, compatibilityDate: "2026-01-01", cf: false });
const answers = [];
for (const path of paths) {
  const response = await miniflare.dispatchFetch(`http://eddy.test${path}`);
  answers.push({ status: response.status, text: await response.text() });
}
console.log(JSON.stringify(answers));
await miniflare.dispose();
Deno.exit(0);
