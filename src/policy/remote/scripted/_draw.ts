/**
 * A number in [0, 1) that its parts alone decide: FNV-1a over the text, then the finalizer of MurmurHash3.
 *
 * ```text
 * h ← 2166136261;  h ← (h ⊕ byte) · 16777619;  h ← mix(h)      u = h / 2³²
 * ```
 */
export function drawOf(...parts: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(JSON.stringify(parts))) hash = Math.imul(hash ^ byte, 16777619);
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return ((hash ^ hash >>> 16) >>> 0) / 2 ** 32;
}
