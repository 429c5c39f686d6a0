/** Recorded inputs and outputs as they stand in the files, and how their arrays become columns. */
import type { Kernels } from "../../src/kernels/mod.ts";

/** A number, an array of any depth, or named ones. */
export type Tree = number | string | readonly Tree[] | { readonly [name: string]: Tree } | Float32Array | Uint8Array;
/** Inputs of one case. */
export type Inputs = { readonly [name: string]: Tree } & {
  readonly config?: { readonly [name: string]: number | string };
};
/** Computes what the file records. */
export type Runner = (kernels: Kernels, inputs: Inputs) => Named;
/** Outputs by name. */
export type Named = { readonly [name: string]: Tree | undefined };

export type Trees = { readonly [name: string]: Tree };

/** "Infinity" stands for the number. */
export function flat(tree: Tree): number[] {
  if (typeof tree === "number" || typeof tree === "string") return [Number(tree)];
  return [...tree as readonly Tree[]].flatMap(flat);
}
export const f32 = (tree: Tree): Float32Array => Float32Array.from(flat(tree));
export const u8 = (tree: Tree): Uint8Array => Uint8Array.from(flat(tree));
export const u32 = (tree: Tree): Uint32Array => Uint32Array.from(flat(tree));
/** Row lengths of a rectangular array. */
export const lengths = (tree: Tree): Uint32Array => Uint32Array.from(tree as readonly Tree[][], (row) => row.length);
export const number = (inputs: Inputs, name: string): number | undefined => {
  const value = inputs.config?.[name];
  return value === undefined ? undefined : Number(value);
};
export const need = (inputs: Inputs, name: string): number => Number(inputs.config![name]);
