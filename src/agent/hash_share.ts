/**
 * A text's fixed place in [0, 1): equal texts have equal places on every machine, others lie as if drawn uniformly
 * (FNV-1a over UTF-16 units, then the finalizer of MurmurHash3).
 *
 * Shares of traffic are cut with it: `hashShare(id) < 0.1` holds for a tenth of all ids, and always for the same ones.
 */
export function hashShare(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
