import type { World } from "../environment.ts";
import { cards } from "./cards.ts";
import { craft } from "./craft.ts";
import { desk } from "./desk/mod.ts";
import { lock } from "./lock.ts";
import { play } from "./play.ts";
import { sums } from "./sums.ts";
import { undo } from "./undo.ts";

/** The worlds that come with Eddy, by name. */
export const WORLDS: Readonly<Record<string, World>> = { cards, craft, desk, lock, play, sums, tools, undo };
import { tools } from "./tools.ts";

/** The worlds that come with Eddy, by name. */
