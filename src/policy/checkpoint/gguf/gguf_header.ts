import { type Cursor } from "./_cursor.ts";
import { GGUF_TYPES, type GgufType } from "./gguf_types.ts";

/** A value of a GGUF file's metadata; integers beyond 2^53 are bigints. */
export type GgufValue =
  | (string | number | bigint | boolean)
  | readonly string[]
  | readonly (number | bigint)[]
  | readonly boolean[];

/** Where one tensor lies in a GGUF file. */
export interface GgufEntry {
  /** How its numbers are stored. */
  readonly type: GgufType;
  /** The type's number. */
  readonly typeId: number;
  /** Sizes, outermost first: the reverse of the file's order. */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the data. */
  readonly begin: number;
  /** The byte after the last. */
  readonly end: number;
}

/** What stands before the data. */
export interface GgufHeader {
  /** 2 or 3. */
  readonly version: number;
  /** Key to value, in the file's order. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Name to place, in the file's order. */
  readonly tensors: ReadonlyMap<string, GgufEntry>;
  /** First byte of the data. */
  readonly start: number;
}

/** What refuses a header. */
export interface Refusal {
  /** It is damaged. */
  readonly fail: (reason: string) => never;
  /** It is whole, and Eddy does not read it. */
  readonly unsupported: (reason: string) => never;
}

/** A value needs at least a key, a type and a byte; a tensor a name, its sizes, a type and a place. */
const LEAST_BYTES = { value: 14, tensor: 33 };
/** The largest vocabularies have a quarter million tokens. */
const MOST_ELEMENTS = 1 << 24;
const MOST_NAME_BYTES = 1 << 10;
const MOST_ALIGNMENT = 1 << 20;

/**
 * Reads the header of a GGUF file and checks all that it announces against the file's length before using it.
 *
 * @param size Length of the file, in bytes.
 */
export function readGgufHeader(cursor: Cursor, size: number, refusal: Refusal): GgufHeader {
  const { fail, unsupported } = refusal;
  const magic = cursor.view(4, "the magic");
  const letters = String.fromCharCode(...[0, 1, 2, 3].map((at) => magic.getUint8(at)));
  if (letters !== "GGUF") fail(`it begins with ${JSON.stringify(letters)}, not with "GGUF"`);
  const version = cursor.u32("the version");
  if (version % 65_536 === 0 && version > 0) unsupported("it is a big-endian GGUF file");
  if (version !== 2 && version !== 3) unsupported(`it has the GGUF version ${version}; Eddy reads 2 and 3`);
  const tensorCount = cursor.count("the number of tensors", Math.floor(size / LEAST_BYTES.tensor));
  const valueCount = cursor.count("the number of metadata values", Math.floor(size / LEAST_BYTES.value));
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i++) {
    const key = readName(cursor, `the key of metadata value ${i}`, fail);
    if (metadata.has(key)) fail(`the key '${key}' occurs twice`);
    metadata.set(key, readValue(cursor, cursor.u32(`the type of '${key}'`), `'${key}'`, fail));
  }
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !(alignment >= 8 && alignment <= MOST_ALIGNMENT) || alignment % 8 !== 0) {
    return fail(`'general.alignment' is ${String(alignment)}`);
  }
  const tensors = new Map<string, GgufEntry>();
  for (let i = 0; i < tensorCount; i++) {
    const name = readName(cursor, `the name of tensor ${i}`, fail);
    if (tensors.has(name)) fail(`the tensor '${name}' occurs twice`);
    tensors.set(name, readEntry(cursor, name, size, alignment, refusal));
  }
  const start = Math.ceil(cursor.position / alignment) * alignment;
  checkPlaces(tensors, size - start, fail);
  return { version, metadata, tensors, start };
}

function readName(cursor: Cursor, what: string, fail: Refusal["fail"]): string {
  const name = cursor.text(what);
  if (name.length === 0 || name.length > MOST_NAME_BYTES) fail(`${what} has ${name.length} characters`);
  return name;
}

/** Bytes of the scalar types, by their number; the ones that are missing have no fixed size. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4 },
  ...{ 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 },
};
const TEXT = 8, LIST = 9;

function readValue(cursor: Cursor, type: number, what: string, fail: Refusal["fail"]): GgufValue {
  if (type === TEXT) return cursor.text(what);
  if (type !== LIST) return readScalar(cursor, type, what, fail);
  const element = cursor.u32(`the type of the elements of ${what}`);
  if (element === LIST) return fail(`${what} is a list of lists`);
  const bytes = element === TEXT ? 8 : SCALAR_BYTES[element] ?? fail(`${what} has the unknown type ${element}`);
  const most = Math.min(MOST_ELEMENTS, Math.floor(cursor.left / bytes));
  const count = cursor.count(`the length of ${what}`, most);
  const values: unknown[] = [];
  const each = `an entry of ${what}`;
  for (let i = 0; i < count; i++) {
    values.push(element === TEXT ? cursor.text(each) : readScalar(cursor, element, each, fail));
  }
  return values as unknown as GgufValue;
}

function readScalar(cursor: Cursor, type: number, what: string, fail: Refusal["fail"]): number | bigint | boolean {
  const view = cursor.view(SCALAR_BYTES[type] ?? fail(`${what} has the unknown type ${type}`), what);
  switch (type) {
    case 0:
      return view.getUint8(0);
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getUint16(0, true);
    case 3:
      return view.getInt16(0, true);
    case 4:
      return view.getUint32(0, true);
    case 5:
      return view.getInt32(0, true);
    case 6:
      return view.getFloat32(0, true);
    case 7:
      return view.getUint8(0) <= 1 ? view.getUint8(0) === 1 : fail(`${what} is neither true nor false`);
    case 10:
      return asNumber(view.getBigUint64(0, true));
    case 11:
      return asNumber(view.getBigInt64(0, true));
    default:
      return view.getFloat64(0, true);
  }
}

function asNumber(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readEntry(cursor: Cursor, name: string, size: number, alignment: number, refusal: Refusal): GgufEntry {
  const { fail, unsupported } = refusal;
  const dimensions = cursor.u32(`the number of dimensions of '${name}'`);
  if (dimensions < 1 || dimensions > 4) fail(`the tensor '${name}' has ${dimensions} dimensions`);
  const sizes = Array.from({ length: dimensions }, () => cursor.count(`a dimension of '${name}'`, 2 ** 32));
  const typeId = cursor.u32(`the type of '${name}'`);
  const type = GGUF_TYPES.get(typeId) ?? fail(`the tensor '${name}' has the unknown type ${typeId}`);
  if (!type.readable) unsupported(`the tensor '${name}' has the type ${type.name}`);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (sizes[0] % type.numbers !== 0 || count < 1) {
    fail(`the tensor '${name}' of type ${type.name} has rows of ${sizes[0]} numbers`);
  }
  const bytes = count / type.numbers * type.bytes;
  const begin = cursor.count(`the offset of '${name}'`, size);
  if (begin % alignment !== 0) fail(`the offset ${begin} of '${name}' is not a multiple of ${alignment}`);
  return { type, typeId, shape: sizes.reverse(), begin, end: begin + bytes };
}

function checkPlaces(tensors: ReadonlyMap<string, GgufEntry>, dataBytes: number, fail: Refusal["fail"]): void {
  let covered = 0;
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin)) {
    if (end > dataBytes) {
      fail(`the tensor '${name}' spans bytes ${begin} to ${end}, the file holds ${Math.max(0, dataBytes)} of data`);
    }
    if (begin < covered) fail(`the tensor '${name}' overlaps the one before it`);
    covered = end;
  }
}
