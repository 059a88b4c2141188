import type { EnvironmentRecord } from './record.js';

/** Where environments are kept; `files.ts` is the real one. */
export interface EnvironmentStore {
  /** For messages. */
  readonly directory: string;
  /** Sorted. */
  names(): string[];
  /**
   * Undefined for an environment that is not there.
   * @throws {Failure} `environment.broken` or `environment.unreadable`
   */
  read(name: string): EnvironmentRecord | undefined;
  /**
   * `isNew`: only where there is none of that name.
   * @throws {Failure} `environment.unwritable` or `usage.exists`; then everything is as it was
   */
  write(name: string, record: EnvironmentRecord, how?: { isNew?: boolean }): Promise<void>;
  /** @throws {Failure} `environment.unwritable` */
  remove(name: string): void;
  /** @throws {Failure} `environment.default-broken` or `environment.unreadable` */
  readDefault(): string | undefined;
  /** @throws {Failure} `environment.unwritable` */
  writeDefault(name: string | undefined): Promise<void>;
  /** Whether others than the owner may read the environment's file, or put another in its place. */
  isExposed(name: string): boolean;
}
