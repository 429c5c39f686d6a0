/** A value of a GGUF file's metadata with the type that it is written as. */
export type TypedGgufValue =
  | { readonly type: "u32" | "f32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "i32s" | "f32s"; readonly value: ArrayLike<number> }
  | { readonly type: "texts"; readonly value: readonly string[] };

/** A tensor that a GGUF file will hold. */
export interface PlannedTensor {
  /** Name in the file. */
  readonly name: string;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** The number of a `ggml_type`. */
  readonly typeId: number;
  /** Its length. */
  readonly bytes: number;
}

/** What stands before the data, and where the data will be. */
export interface PlannedGguf {
  /** The header with the gap behind it. */
  readonly header: Uint8Array;
  /** Name to first byte in the file. */
  readonly places: ReadonlyMap<string, number>;
  /** Length of the whole file. */
  readonly size: number;
}

const ALIGNMENT = 32;
const TYPES = { u32: 4, f32: 6, bool: 7, text: 8 } as const;
const ELEMENTS = { i32s: 5, f32s: 6, texts: 8 } as const;

/** The header of a GGUF file of version 3; every tensor begins at a multiple of 32. */
export function encodeGgufHeader(
  metadata: ReadonlyMap<string, TypedGgufValue>,
  tensors: readonly PlannedTensor[],
): PlannedGguf {
  const { put, u32, u64, text, bytes } = byteList();
  put(new TextEncoder().encode("GGUF"));
  u32(3);
  u64(tensors.length);
  u64(metadata.size);
  for (const [key, entry] of metadata) {
    text(key);
    switch (entry.type) {
      case "i32s":
      case "f32s":
      case "texts":
        u32(9);
        u32(ELEMENTS[entry.type]);
        u64(entry.value.length);
        if (entry.type === "texts") entry.value.forEach(text);
        else put(asBytes((entry.type === "i32s" ? Int32Array : Float32Array).from(entry.value)));
        break;
      default:
        u32(TYPES[entry.type]);
        if (entry.type === "text") text(entry.value);
        else if (entry.type === "bool") put(Uint8Array.of(entry.value ? 1 : 0));
        else if (entry.type === "u32") u32(entry.value);
        else put(asBytes(Float32Array.of(entry.value)));
    }
  }
  let offset = 0;
  const offsets = new Map<string, number>();
  for (const { name, shape, typeId, bytes: length } of tensors) {
    text(name);
    u32(shape.length);
    shape.toReversed().forEach(u64);
    u32(typeId);
    u64(offset);
    offsets.set(name, offset);
    offset += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  const header = bytes(ALIGNMENT);
  return {
    header,
    places: new Map([...offsets].map(([name, at]) => [name, header.length + at])),
    size: header.length + offset,
  };
}

function asBytes({ buffer }: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer);
}

/** Numbers and texts one after the other, little end first. */
function byteList(): {
  put(bytes: Uint8Array): void;
  u32(value: number): void;
  u64(value: number): void;
  text(value: string): void;
  bytes(alignment: number): Uint8Array;
} {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let length = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  const u64 = (value: number): void => put(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  return {
    put,
    u32: (value) => put(new Uint8Array(Uint32Array.of(value).buffer)),
    u64,
    text(value): void {
      const own = encoder.encode(value);
      u64(own.length);
      put(own);
    },
    bytes(alignment): Uint8Array {
      const all = new Uint8Array(Math.ceil(length / alignment) * alignment);
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}
