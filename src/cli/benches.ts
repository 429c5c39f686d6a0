import type { Bench } from "./bench.ts";

/** Every bench by name, loaded when it is run. A new one is a file beside what it measures and a line here. */
export const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {};
