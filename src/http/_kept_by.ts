import type { Store } from "../store/mod.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import { Refusal } from "./refusal.ts";

/** The store of a place that keeps what happened. @throws {Refusal} `not_found` On an edge, which only passes it on. */
export function keptBy({ store }: Pick<AppDependencies, "store">): Store {
  if (store) return store;
  throw new Refusal("not_found", "Cannot look it up here: this is an edge; ask the centre");
}
