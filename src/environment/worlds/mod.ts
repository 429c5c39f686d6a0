import type { World } from "../environment.ts";
import { craft } from "./craft.ts";
import { desk } from "./desk/mod.ts";
import { lock } from "./lock.ts";
import { play } from "./play.ts";
import { undo } from "./undo.ts";

/** The worlds that come with Eddy, by name. */
export const WORLDS: Readonly<Record<string, World>> = { craft, desk, lock, play, undo };
