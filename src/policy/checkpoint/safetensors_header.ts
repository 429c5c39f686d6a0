import { EddyError } from "../../errors.ts";

/** Where one tensor lies in a safetensors file. */
export interface TensorEntry {
  /** Type of the stored elements. */
  readonly dtype: SafetensorsDtype;
  /** Sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** First byte and the byte after the last, counted from the end of the header. */
  readonly begin: number;
  /** The byte after the last. */
  readonly end: number;
}

/** The element types that the format knows. */
export type SafetensorsDtype =
  | ("BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "I16" | "U16" | "F16")
  | ("BF16" | "I32" | "U32" | "F32" | "F64" | "I64" | "U64");

/** Bytes of one element. */
const DTYPE_BYTES: Readonly<Record<SafetensorsDtype, number>> = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1 },
  ...{ I16: 2, U16: 2, F16: 2, BF16: 2 },
  ...{ I32: 4, U32: 4, F32: 4 },
  ...{ F64: 8, I64: 8, U64: 8 },
};

/**
 * Reads the header of a safetensors file and checks it against the number of bytes that follow it.
 *
 * The header has a fixed grammar (names to `{dtype, shape, data_offsets}`, and `__metadata__`, strings to strings), so it
 * is read by that grammar: unlike `JSON.parse` this finds keys that occur twice, and nothing can nest. The tensors must
 * cover the bytes exactly: no overlap, no gap, nothing left over.
 *
 * @param header UTF-8 text of the header.
 * @param payloadBytes Bytes after the header.
 * @param where Names the file in messages.
 * @throws {EddyError} `checkpoint_invalid` If anything is wrong.
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  payloadBytes: number,
  where: string,
): { readonly tensors: Map<string, TensorEntry>; readonly metadata: Map<string, string> } {
  const scan = new Scanner(decodeUtf8(header, where), where);
  const tensors = new Map<string, TensorEntry>();
  const metadata = new Map<string, string>();
  let metadataSeen = false;
  scan.object((name) => {
    if (name === "__metadata__") {
      if (metadataSeen) scan.fail("the key '__metadata__' occurs twice");
      metadataSeen = true;
      scan.object((key) => {
        if (metadata.has(key)) scan.fail(`the metadata key '${key}' occurs twice`);
        metadata.set(key, scan.string());
      });
      return;
    }
    if (tensors.has(name)) scan.fail(`the tensor '${name}' occurs twice`);
    tensors.set(name, tensorEntry(scan, name, payloadBytes));
  });
  scan.end();
  checkCoverage(tensors, payloadBytes, scan);
  return { tensors, metadata };
}

function tensorEntry(scan: Scanner, name: string, payloadBytes: number): TensorEntry {
  let dtype: string | undefined, shape: number[] | undefined, offsets: number[] | undefined;
  scan.object((field) => {
    if (field === "dtype" && dtype === undefined) dtype = scan.string();
    else if (field === "shape" && shape === undefined) shape = scan.naturals(`a dimension of '${name}'`);
    else if (field === "data_offsets" && offsets === undefined) offsets = scan.naturals(`an offset of '${name}'`);
    else scan.fail(`the entry of '${name}' has an unknown or repeated field '${field}'`);
  });
  if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
    return scan.fail(`the entry of '${name}' needs dtype, shape and two data_offsets`);
  }
  if (!Object.hasOwn(DTYPE_BYTES, dtype)) return scan.fail(`the tensor '${name}' has the unknown dtype '${dtype}'`);
  const [begin, end] = offsets;
  if (begin > end || end > payloadBytes) {
    scan.fail(`the tensor '${name}' spans bytes ${begin} to ${end}, but the file holds ${payloadBytes} bytes of data`);
  }
  const needed = shape.reduce((product, size) => product * size, DTYPE_BYTES[dtype as SafetensorsDtype]);
  if (needed !== end - begin) {
    scan.fail(`the tensor '${name}' of shape [${shape}] and dtype ${dtype} needs ${needed} bytes, has ${end - begin}`);
  }
  return { dtype: dtype as SafetensorsDtype, shape, begin, end };
}

function checkCoverage(tensors: ReadonlyMap<string, TensorEntry>, payloadBytes: number, scan: Scanner): void {
  let covered = 0;
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of inOrder) {
    if (begin < covered) scan.fail(`the tensor '${name}' overlaps the one before it`);
    if (begin > covered) scan.fail(`no tensor claims the bytes ${covered} to ${begin}`);
    covered = end;
  }
  if (covered !== payloadBytes) scan.fail(`no tensor claims the last ${payloadBytes - covered} bytes`);
}

function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EddyError("checkpoint_invalid", `Cannot read '${where}': its header is not UTF-8`, { cause });
  }
}

/** Reads the pieces of JSON that headers are made of; every method starts at the cursor and leaves it after its piece. */
class Scanner {
  #at = 0;

  constructor(readonly text: string, readonly where: string) {}

  fail(reason: string): never {
    throw new EddyError("checkpoint_invalid", `Cannot read '${this.where}': ${reason}`);
  }

  object(member: (key: string) => void): void {
    this.#expect("{", "an object");
    if (this.#accept("}")) return;
    do {
      const key = this.string();
      this.#expect(":", "':'");
      member(key);
    } while (this.#accept(","));
    this.#expect("}", "'}'");
  }

  string(): string {
    this.#expect(`"`, "a string");
    const start = this.#at - 1;
    let end = start, backslashes = 0;
    // A quote after an odd number of backslashes belongs to the text.
    do {
      end = this.text.indexOf(`"`, end + 1);
      if (end < 0) this.fail(`its header has a string without end at character ${start}`);
      for (backslashes = 0; this.text[end - 1 - backslashes] === "\\";) backslashes += 1;
    } while (backslashes % 2 === 1);
    this.#at = end + 1;
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      return this.fail(`its header has a broken string at character ${start}`);
    }
  }

  naturals(what: string): number[] {
    const values: number[] = [];
    this.#expect("[", "a list of numbers");
    if (this.#accept("]")) return values;
    do {
      const literal = this.#match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y) ?? this.#unexpected(what);
      const value = Number(literal);
      if (!/^[0-9]+$/.test(literal) || !Number.isSafeInteger(value)) this.fail(`${what} is ${literal.slice(0, 40)}`);
      values.push(value);
    } while (this.#accept(","));
    this.#expect("]", "']'");
    return values;
  }

  end(): void {
    this.#skipSpaces();
    if (this.#at < this.text.length) this.#unexpected("the end of the header");
  }

  #expect(symbol: string, what: string): void {
    if (!this.#accept(symbol)) this.#unexpected(what);
  }

  #accept(symbol: string): boolean {
    this.#skipSpaces();
    if (this.text[this.#at] !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #skipSpaces(): void {
    while (" \t\r\n".includes(this.text[this.#at] ?? "end")) this.#at += 1;
  }

  #match(pattern: RegExp): string | undefined {
    this.#skipSpaces();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): never {
    const found = this.#at < this.text.length ? `'${this.text.slice(this.#at, this.#at + 12)}'` : "the end";
    return this.fail(`its header is broken at character ${this.#at}: expected ${wanted}, found ${found}`);
  }
}
