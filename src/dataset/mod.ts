/** Reads public data sets, one file a format. @module */
export { type Clinc150, readClinc150, type Utterance } from "./clinc150.ts";
export { parseScan, readScan, type ReadScanOptions, type Scan, type ScanExample, splitScan } from "./scan.ts";
export { readTools, type ToolDocument } from "./tools.ts";
