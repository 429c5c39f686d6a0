import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where recorded numbers stand: EDDY_FIXTURES, else the shared folder beside the project, else the copies in the clone. */
export const fixturesFolder: string = [
  Deno.env.get("EDDY_FIXTURES"),
  fileURLToPath(new URL("../../shared/fixtures", import.meta.url)),
].find((folder) => folder && existsSync(folder)) ?? fileURLToPath(new URL("./fixtures", import.meta.url));

/** Where public data sets stand, or undefined: EDDY_DATA, else the shared folder beside the project. */
export const dataFolder: string | undefined = [
  Deno.env.get("EDDY_DATA"),
  fileURLToPath(new URL("../../shared/data", import.meta.url)),
].find((folder) => folder && existsSync(folder));
