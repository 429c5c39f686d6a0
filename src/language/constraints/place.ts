/** A place in a text under a constraint. Free it. */
export interface Place {
  /** The same place, to go on from separately. */
  fork(): Place;
  /** Writes which tokens may follow, [ceil(vocabulary / 32)] bit `t % 32` of word `t >> 5`. */
  mask(into: Uint32Array): void;
  /** Goes on by one token that the mask allows. */
  take(token: number): void;
  /** The bytes that must follow whatever is chosen; empty where there is a choice. */
  forcedBytes(): Uint8Array;
  /** True when the text is complete and nothing may follow. */
  isEnded(): boolean;
  /** Gives it back. */
  free(): void;
}
