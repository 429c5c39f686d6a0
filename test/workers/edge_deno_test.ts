import { describe } from "@std/testing/bdd";
import { edgeConformance } from "../edge/conformance.ts";
import { processSetting, startDenoEdge } from "./process_setting.ts";

describe("workers/edge.ts in Deno", () => edgeConformance(() => processSetting(startDenoEdge)));
