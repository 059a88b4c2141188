import { isPassing } from './passing.js';

/** A token that was minted for a user. */
export interface Granted {
  token: string;
  /** Seconds, from when it was minted; never more than was asked for. */
  lifetimeSeconds: number;
  /** What is left of that, in the grammar of `ms`: as it was asked for, where it was minted just now. */
  expiresIn: string;
  /** ISO 8601 in UTC. */
  expiresAt: string;
}

/** Never more than it is, and never none: `0s` is no duration. */
export function inSeconds(seconds: number): string {
  return `${Math.max(1, Math.floor(seconds))}s`;
}

export interface CacheOptions {
  /** A token is reused until this fraction of its life is left. */
  untilLeft: number;
  /** How many users' tokens are kept: those that were asked for the longest ago go first. */
  maxUsers: number;
}

export interface TokenSource {
  mint(user: string): Promise<Granted>;
  /** None without it. */
  cache?: CacheOptions | undefined;
  /** In seconds. */
  now(): number;
  /** Told why an older token was given. */
  onStale?(user: string, error: unknown): void;
}

interface Kept {
  granted: Granted;
  /** In seconds, by `now`. */
  endsAt: number;
  /** Until then it is given without more ado. */
  freshUntil: number;
}

/** Courier may be in trouble: an older token serves, if it will for a while. In seconds. */
const stillWorthIt = 60;

/** Nobody else waits for a Courier that was in trouble just now. In seconds. */
const pause = 10;

/**
 * Tokens by user. Whoever asks for one that is being minted shares it; with a cache, one that was minted before is given
 * until little of its life is left, and, while Courier is in trouble, as long as it lives.
 */
export function tokensBy({ mint, cache, now, onStale }: TokenSource): (user: string) => Granted | Promise<Granted> {
  const minting = new Map<string, Promise<Granted>>();
  const kept = new Map<string, Kept>();

  function keep(user: string, one: Kept): void {
    // Asked for last: the last to go.
    kept.delete(user);
    kept.set(user, one);
  }

  async function minted(user: string): Promise<Granted> {
    // Its life begins somewhere between now and the answer.
    const began = now();
    const granted = await mint(user);
    if (!cache) return granted;
    // Its life counts by Courier's clock, so that one here that is slow does no harm; but where `iat` is wrong, so is that,
    // and `exp` is asked. A clock here that is fast only lets it go sooner.
    const endsAt = Math.min(began + granted.lifetimeSeconds, Date.parse(granted.expiresAt) / 1000);
    keep(user, { granted, endsAt, freshUntil: endsAt - (endsAt - began) * cache.untilLeft });
    const [oldest] = kept.keys();
    if (kept.size > cache.maxUsers && oldest !== undefined) kept.delete(oldest);
    return granted;
  }

  async function renewed(user: string): Promise<Granted> {
    try {
      return await minted(user);
    } catch (error) {
      const last = kept.get(user);
      if (!last || !isPassing(error) || last.endsAt - now() < stillWorthIt) throw error;
      onStale?.(user, error);
      keep(user, { ...last, freshUntil: Math.min(now() + pause, last.endsAt - stillWorthIt) });
      return leftOf(last, now());
    } finally {
      minting.delete(user);
    }
  }

  return (user) => {
    const last = kept.get(user);
    if (last && now() < last.freshUntil) {
      keep(user, last);
      return leftOf(last, now());
    }
    const token = minting.get(user) ?? renewed(user);
    minting.set(user, token);
    return token;
  };
}

function leftOf({ granted, endsAt }: Kept, now: number): Granted {
  return { ...granted, expiresIn: inSeconds(endsAt - now) };
}
