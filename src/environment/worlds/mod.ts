import type { World } from "../environment.ts";
import { desk } from "./desk/mod.ts";

/** The worlds that come with Eddy, by name. */
export const WORLDS: Readonly<Record<string, World>> = { desk };
