import * as crypto from 'node:crypto';

const { hash: oneShot } = crypto as Partial<Pick<typeof crypto, 'hash'>>;

/** SHA-256 of a text: the same on every machine, and nobody can make two that are the same. */
export function hashOf(text: string): Buffer {
  // A Hash object takes twice as long, and lives on for a while: Node has `hash` since 20.12.
  return oneShot ? oneShot('sha256', text, 'buffer') : crypto.createHash('sha256').update(text).digest();
}

/** Which shard of `count` a hash belongs to, from 0: its first 32 bits, big-endian, modulo `count`. */
export function shardOf(hash: Buffer, count: number): number {
  return hash.readUInt32BE(0) % count;
}

const heads = 1 << 18;
const entriesEach = 1 << 14;
/** Three of the hash, and where the next of the chain is. */
const wordsEach = 4;

/**
 * A set of hashes that grows a little at a time, 16 bytes each: a million users take 17 MB, where a Set of their ids takes 100, and
 * copies them all now and then. Of each hash 96 bits count: that two of a million users share them is less likely than 1 in 10^16.
 */
export class HashSet {
  /** The entry that was added last for what begins so, from 1; chains of four at a million. */
  readonly #heads = new Int32Array(heads);
  readonly #pages: Uint32Array[] = [];
  #count = 0;

  /** False where it was there before. */
  add(hash: Buffer): boolean {
    if (this.has(hash)) return false;
    const head = hash.readUInt32LE(16) % heads;
    const [page, at] = this.#place((this.#count += 1));
    page.set([hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12), this.#heads[head]!], at);
    this.#heads[head] = this.#count;
    return true;
  }

  has(hash: Buffer): boolean {
    const [a, b, c] = [hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)];
    for (let entry = this.#heads[hash.readUInt32LE(16) % heads]!; entry !== 0;) {
      const [page, at] = this.#place(entry);
      if (page[at] === a && page[at + 1] === b && page[at + 2] === c) return true;
      entry = page[at + 3]!;
    }
    return false;
  }

  #place(entry: number): [page: Uint32Array, at: number] {
    const page = Math.floor((entry - 1) / entriesEach);
    this.#pages[page] ??= new Uint32Array(entriesEach * wordsEach);
    return [this.#pages[page], ((entry - 1) % entriesEach) * wordsEach];
  }
}
