/** A tensor as a GGUF file holds it: `sizes` innermost first. */
export interface GgufTensorSource {
  readonly sizes: readonly number[];
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Metadata: the kinds of values that model files have. */
export type GgufSource = Readonly<
  Record<string, string | boolean | bigint | number | readonly string[] | Float32Array>
>;

/** A GGUF file: numbers become u32 where they are whole and f32 elsewhere, bigints u64. */
export function encodeGguf(
  metadata: GgufSource,
  tensors: Readonly<Record<string, GgufTensorSource>>,
  version = 3,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const put = (size: number, write: (view: DataView) => void): void => {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    parts.push(bytes);
  };
  const u32 = (value: number): void => put(4, (view) => view.setUint32(0, value, true));
  const u64 = (value: number | bigint): void => put(8, (view) => view.setBigUint64(0, BigInt(value), true));
  const f32 = (value: number): void => put(4, (view) => view.setFloat32(0, value, true));
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    parts.push(bytes);
  };
  parts.push(new TextEncoder().encode("GGUF"));
  u32(version);
  u64(Object.keys(tensors).length);
  u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    text(key);
    if (typeof value === "string") u32(8), text(value);
    else if (typeof value === "boolean") u32(7), put(1, (view) => view.setUint8(0, value ? 1 : 0));
    else if (typeof value === "bigint") u32(10), u64(value);
    else if (typeof value === "number" && Number.isInteger(value)) u32(4), u32(value);
    else if (typeof value === "number") u32(6), f32(value);
    else if (value instanceof Float32Array) u32(9), u32(6), u64(value.length), value.forEach(f32);
    else u32(9), u32(8), u64(value.length), value.forEach(text);
  }
  let offset = 0;
  for (const [name, { sizes, type, bytes }] of Object.entries(tensors)) {
    text(name);
    u32(sizes.length);
    sizes.forEach(u64);
    u32(type);
    u64(offset);
    offset += Math.ceil(bytes.length / 32) * 32;
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const start = Math.ceil(length / 32) * 32;
  const file = new Uint8Array(start + offset);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  at = start;
  for (const { bytes } of Object.values(tensors)) {
    file.set(bytes, at);
    at += Math.ceil(bytes.length / 32) * 32;
  }
  return file;
}
