/** A token that was minted for a user. */
export interface Granted {
  token: string;
  /** Seconds, by the clock here; null for one that never expires. */
  lifetimeSeconds: number | null;
  /** ISO 8601 in UTC; null for one that never expires. */
  expiresAt: string | null;
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
  mintedAt: number;
  lifetimeSeconds: number;
}

/** Courier may be in trouble: an older token serves, if it will for a while. In seconds. */
const stillWorthIt = 60;

/**
 * Tokens by user. Whoever asks for one that is being minted shares it; with a cache, one that was minted before is given
 * until little of its life is left, and, where no new one can be had, as long as it lives.
 */
export function tokensBy({ mint, cache, now, onStale }: TokenSource): (user: string) => Granted | Promise<Granted> {
  const minting = new Map<string, Promise<Granted>>();
  const kept = new Map<string, Kept>();

  function keep(user: string, granted: Granted, { maxUsers }: CacheOptions): void {
    if (granted.lifetimeSeconds === null) return;
    kept.delete(user);
    kept.set(user, { granted, mintedAt: now(), lifetimeSeconds: granted.lifetimeSeconds });
    const [oldest] = kept.keys();
    if (kept.size > maxUsers && oldest !== undefined) kept.delete(oldest);
  }

  async function renewed(user: string): Promise<Granted> {
    try {
      const granted = await mint(user);
      if (cache) keep(user, granted, cache);
      return granted;
    } catch (error) {
      const last = kept.get(user);
      if (!last || leftOf(last, now()) < stillWorthIt) throw error;
      onStale?.(user, error);
      return last.granted;
    } finally {
      minting.delete(user);
    }
  }

  return (user) => {
    const last = cache && kept.get(user);
    if (last && leftOf(last, now()) > last.lifetimeSeconds * cache.untilLeft) {
      // Asked for again: the last to go.
      kept.delete(user);
      kept.set(user, last);
      return last.granted;
    }
    const token = minting.get(user) ?? renewed(user);
    minting.set(user, token);
    return token;
  };
}

function leftOf({ mintedAt, lifetimeSeconds }: Kept, now: number): number {
  return mintedAt + lifetimeSeconds - now;
}
