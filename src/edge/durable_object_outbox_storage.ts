import type { KeptItem, OutboxItem, OutboxStorage } from "./outbox_storage.ts";

/** The part of a Durable Object's `ctx.storage` that an outbox uses. */
export interface DurableObjectStorage {
  /** One value. */
  get<T>(key: string): Promise<T | undefined>;
  /** Values by key, in the order of the keys. */
  list<T>(options: { prefix: string; startAfter?: string; limit?: number }): Promise<Map<string, T>>;
  /** Keeps at most 128 values; calls without a wait between them are one transaction. */
  put(entries: Record<string, unknown>): Promise<void>;
  /** Forgets at most 128 values. */
  delete(keys: string[]): Promise<number>;
  /** Resolves when everything before is on disk. */
  sync(): Promise<void>;
}

/** Values of one call. */
const MOST_VALUES = 128;

/** A value has at most 2 MB; documents are cut into pieces. */
const PIECE_BYTES = 1 << 20;

/** Items of one page while the counts are read. */
const PAGE = 1000;

interface Value {
  readonly item: OutboxItem;
  readonly bytes: number;
  readonly reason?: string;
}

/** Opens an outbox in the storage of a Durable Object, which is one edge. */
export async function durableObjectOutboxStorage(storage: DurableObjectStorage): Promise<OutboxStorage> {
  let next = 1;
  const counts = { pending: 0, pendingBytes: 0, setAside: 0 };
  for await (const { position, bytes } of all("item/")) {
    next = position + 1;
    counts.pending++;
    counts.pendingBytes += bytes;
  }
  for await (const { position } of all("aside/")) {
    next = Math.max(next, position + 1);
    counts.setAside++;
  }

  async function* all(prefix: string): AsyncGenerator<KeptItem & { readonly reason: string }> {
    let startAfter: string | undefined;
    while (true) {
      const page = await storage.list<Value>({ prefix, limit: PAGE, ...(startAfter && { startAfter }) });
      for (const [key, value] of page) {
        yield keptOf(key, value);
        startAfter = key;
      }
      if (page.size < PAGE) return;
    }
  }

  /** Every change is begun before anything is waited for, so that all of them are one transaction. */
  async function change(values: readonly (readonly [string, unknown])[], gone: readonly string[] = []): Promise<void> {
    const begun: Promise<unknown>[] = pieces(values).map((part) => storage.put(Object.fromEntries(part)));
    begun.push(...pieces(gone).map((part) => storage.delete(part)));
    await Promise.all(begun);
    await storage.sync();
  }

  return {
    async append(items): Promise<number> {
      const values = items.map((item): [string, Value] => [
        keyOf("item/", next++),
        { item, bytes: new TextEncoder().encode(JSON.stringify(item)).length },
      ]);
      await change(values);
      const bytes = values.reduce((sum, [, value]) => sum + value.bytes, 0);
      counts.pending += items.length;
      counts.pendingBytes += bytes;
      return bytes;
    },
    async pending(limit): Promise<readonly KeptItem[]> {
      const values = await storage.list<Value>({ prefix: "item/", limit });
      return [...values].map(([key, value]) => keptOf(key, value));
    },
    async remove(items): Promise<void> {
      await change([], items.map(({ position }) => keyOf("item/", position)));
      counts.pending -= items.length;
      for (const { bytes } of items) counts.pendingBytes -= bytes;
    },
    async setAside({ position, item, bytes }, reason): Promise<void> {
      await change([[keyOf("aside/", position), { item, bytes, reason }]], [keyOf("item/", position)]);
      counts.pending--;
      counts.pendingBytes -= bytes;
      counts.setAside++;
    },
    async asides(limit): Promise<readonly (KeptItem & { readonly reason: string })[]> {
      const values = await storage.list<Value>({ prefix: "aside/", limit });
      return [...values].map(([key, value]) => keptOf(key, value));
    },
    async readmit(): Promise<void> {
      for await (const { position, item, bytes } of all("aside/")) {
        await change([[keyOf("item/", position), { item, bytes }]], [keyOf("aside/", position)]);
        counts.pending++;
        counts.pendingBytes += bytes;
        counts.setAside--;
      }
    },
    counts: () => Promise.resolve({ ...counts }),
    async keep(name, document): Promise<void> {
      const old = await storage.list({ prefix: documentKey(name) });
      const parts: [string, Uint8Array][] = [];
      for (let from = 0; from < document.length; from += PIECE_BYTES) {
        parts.push([keyOf(documentKey(name), parts.length), document.slice(from, from + PIECE_BYTES)]);
      }
      const kept = new Set(parts.map(([key]) => key));
      await change(parts, [...old.keys()].filter((key) => !kept.has(key)));
    },
    async kept(name): Promise<Uint8Array | undefined> {
      const parts = [...(await storage.list<Uint8Array>({ prefix: documentKey(name) })).values()];
      if (parts.length === 0) return undefined;
      const document = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        document.set(part, at);
        at += part.length;
      }
      return document;
    },
    [Symbol.asyncDispose]: () => storage.sync(),
  };
}

function keptOf(key: string, { item, bytes, reason = "" }: Value): KeptItem & { readonly reason: string } {
  return { position: Number(key.slice(key.lastIndexOf("/") + 1)), item, bytes, reason };
}

/** Keys are ordered as texts, so places have leading zeros. */
function keyOf(prefix: string, position: number): string {
  return prefix + String(position).padStart(15, "0");
}

function documentKey(name: string): string {
  return `document/${encodeURIComponent(name)}/`;
}

function pieces<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < list.length; from += MOST_VALUES) parts.push(list.slice(from, from + MOST_VALUES));
  return parts;
}
