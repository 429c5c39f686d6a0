/** A replayable stream of uniforms in [0, 1); its whole state is one number (splitmix32 over a counter). */
export class Stream {
  /** @param state Where the stream stands; store it to come back. */
  constructor(public state: number) {
    this.state = state >>> 0;
  }

  /** The next uniform. */
  readonly next = (): number => {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    return spread(this.state) / 4294967296;
  };

  /** The next whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A stream named by whole numbers: equal names give equal streams. */
  static of(...names: readonly number[]): Stream {
    return new Stream(names.reduce((state, name) => spread((spread(state) ^ name) + 0x9e3779b9 >>> 0), 0x2545f491));
  }
}

function spread(x: number): number {
  x = Math.imul(x ^ x >>> 16, 0x21f0aaad);
  x = Math.imul(x ^ x >>> 15, 0x735a2d97);
  return (x ^ x >>> 15) >>> 0;
}
