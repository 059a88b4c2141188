import { createHash } from 'node:crypto';

/** SHA-256 of a text: the same on every machine, and nobody can make two that are the same. */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Which shard of `count` a hash belongs to, from 0: its first 32 bits, big-endian, modulo `count`. */
export function shardOf(hash: Buffer, count: number): number {
  return hash.readUInt32BE(0) % count;
}

const wordsEach = 3;
const tables = 256;

/**
 * A set of hashes that takes 12 bytes each and some room: a million users in about 20 MB, where a Set of their ids takes 100.
 * Of each hash 96 bits count: that two of a million users share them is less likely than 1 in 10^16.
 */
export class HashSet {
  readonly #tables = Array.from({ length: tables }, () => new Table());

  /** False where it was there before. */
  add(hash: Buffer): boolean {
    return this.#tables[hash[31]!]!.add(hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12));
  }

  has(hash: Buffer): boolean {
    return this.#tables[hash[31]!]!.has(hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12));
  }
}

/** Open addressing; a slot of zeros is free. Many small ones grow one at a time, so that growing takes no room. */
class Table {
  #words = new Uint32Array(64 * wordsEach);
  #count = 0;

  has(a: number, b: number, c: number): boolean {
    return this.#find(a, b, c) < 0;
  }

  add(a: number, b: number, c: number): boolean {
    if (this.#count * wordsEach > this.#words.length * 0.75) this.#grow();
    const at = this.#find(a, b, c);
    if (at < 0) return false;
    this.#words.set([a, b, c], at);
    this.#count += 1;
    return true;
  }

  /** Where it belongs, or -1 where it is there. */
  #find(a: number, b: number, c: number): number {
    const words = this.#words;
    for (let at = (a % (words.length / wordsEach)) * wordsEach; ; at = (at + wordsEach) % words.length) {
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c) return -1;
      if (words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0) return at;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(Math.ceil((old.length / wordsEach) * 1.5) * wordsEach);
    for (let at = 0; at < old.length; at += wordsEach) {
      const [a = 0, b = 0, c = 0] = old.subarray(at, at + wordsEach);
      if (a !== 0 || b !== 0 || c !== 0) this.#words.set([a, b, c], this.#find(a, b, c));
    }
  }
}
