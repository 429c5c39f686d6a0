/** Bytes that are read by place, at once: a file, or the loaded part of one that is elsewhere. Dispose it to close it. */
export interface ByteReader extends Disposable {
  /** Bytes there are. */
  readonly size: number;
  /** `length` bytes from `position` on, as a copy. */
  read(position: number, length: number): ArrayBuffer;
  /** Fills `target` with the bytes from `position` on. */
  readInto(position: number, target: Uint8Array): void;
}
