import { EddyError } from "../errors.ts";
import { readText } from "./_read_text.ts";

/** One command and the actions that carry it out. */
export interface ScanExample {
  /** Such as `jump twice`. */
  readonly command: string;
  /** Such as `I_JUMP I_JUMP`. */
  readonly actions: string;
}

/** SCAN's simple split, cut once more. */
export interface Scan {
  /** To learn from. */
  readonly train: readonly ScanExample[];
  /** Never shown in training. */
  readonly heldOut: readonly ScanExample[];
}

/** How to cut. */
export interface ReadScanOptions {
  /** Which examples are held out. Default 0. */
  readonly seed?: number;
  /** Share that is held out. Default 0.1. */
  readonly heldOutShare?: number;
}

const FILE = {
  name: "SCAN",
  paths: [
    "simple_split/tasks_train_simple.txt",
    "tasks_train_simple.txt",
    "scan/simple_split/tasks_train_simple.txt",
  ],
  advice: "It is public: simple_split/tasks_train_simple.txt of https://github.com/brendenlake/SCAN (BSD 3-clause, " +
    "Lake and Baroni 2018), 3,267,938 bytes, " +
    "sha256 941bb8a088c5f53ceff12fde902dc008933cf0c4203cc672c47b5f79d73262dd. Put it, or a .gz of it, into a folder and name that folder with --data.",
};

/**
 * Reads SCAN's simple split, and holds out a share of it: commands that occur nowhere in `train`.
 *
 * @param folder Where `simple_split/tasks_train_simple.txt` (or with `.gz` behind) stands.
 * @throws {EddyError} `data_missing` With where to get the file, if it is not there; `data_invalid` If a line is malformed.
 */
export async function readScan(folder: string, options: ReadScanOptions = {}): Promise<Scan> {
  return splitScan(parseScan(await readText(folder, FILE)), options);
}

/** Lines `IN: <command> OUT: <actions>`. @throws {EddyError} `data_invalid` If a line is malformed. */
export function parseScan(text: string): ScanExample[] {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) throw new EddyError("data_invalid", "Cannot read SCAN: the file is empty");
  return lines.map((line, i) => {
    const match = /^IN: (.+) OUT: (.+)$/.exec(line);
    if (!match) throw new EddyError("data_invalid", `Cannot read SCAN: line ${i + 1} is '${line.slice(0, 60)}'`);
    return { command: match[1], actions: match[2] };
  });
}

/** Cuts by command, so that a command that stands twice is on one side. */
export function splitScan(
  examples: readonly ScanExample[],
  { seed = 0, heldOutShare = 0.1 }: ReadScanOptions = {},
): Scan {
  const isHeldOut = ({ command }: ScanExample): boolean => position(command, seed) < heldOutShare;
  return { train: examples.filter((example) => !isHeldOut(example)), heldOut: examples.filter(isHeldOut) };
}

/** A number in [0, 1) that depends on text and seed alone (FNV-1a, then mixed). */
function position(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return ((hash ^ hash >>> 16) >>> 0) / 4294967296;
}
