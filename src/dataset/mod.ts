/** Reads public data sets, one file a format, and turns what was collected into what is learned. @module */
export { type Clinc150, readClinc150, type Utterance } from "./clinc150.ts";
export { parseScan, readScan, type ReadScanOptions, type Scan, type ScanExample, splitScan } from "./scan.ts";
export { readToolQueries, type ToolQuery } from "./tool_queries.ts";
export { readTools, type ToolDocument } from "./tools.ts";
export { certify, type CertifyOptions } from "./certify.ts";
export { dedupe } from "./dedupe.ts";
export { episodePairs, type EpisodePairsOptions, type Preference } from "./episode_pairs.ts";
export { filter, type FilterOptions } from "./filter.ts";
export { maskWhere } from "./mask_where.ts";
export { shuffled } from "./_shuffled.ts";
export { mix, type MixOptions, type MixSource, type Mixture } from "./mix.ts";
export { type PrefixTree, prefixTree, type PrefixTreeNode } from "./prefix_tree.ts";
export { relabelHindsight, type RelabelHindsightOptions } from "./relabel_hindsight.ts";
export { splice, type SpliceOptions } from "./splice.ts";
export { type Stage, stages } from "./stages.ts";
export { tagPrefix } from "./tag_prefix.ts";
export { type TreeBranch, treePairs, type TreePairsOptions, type TreePreference } from "./tree_pairs.ts";
