/** What is asked of a peer: to read a prompt of 512 tokens from nothing, or to decode eight tokens behind it. */
export type PeerWork = "prefill" | "decode";

/** Another engine in a process of its own, which waits while nothing is asked. */
export interface Peer extends AsyncDisposable {
  /** `wllama 3.8.1, q4_0` */
  readonly name: string;
  /** Seconds of CPU time of its whole process. @throws {EddyError} `worker_failed` If it ends instead. */
  measure(work: PeerWork): Promise<number>;
}
