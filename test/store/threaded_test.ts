import { openThreadedStore } from "../../src/store/mod.ts";
import { METRICS } from "./_builders.ts";
import { storeConformance } from "./conformance.ts";

const folder = Deno.makeTempDirSync({ prefix: "eddy-store-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
let files = 0;

storeConformance("SQLite in a thread", () => {
  const path = `${folder}/${++files}.db`;
  return Promise.resolve((options) => openThreadedStore(path, { metrics: { router: METRICS }, ...options }));
});
