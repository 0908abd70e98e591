import type { Tx } from './database.js';

/**
 * Tells every process of the cluster, by NOTIFY, that something cached may have changed, once the change is committed.
 * In the process that made the change listeners run before the call is answered, so that a caller reads his own writes.
 */
export abstract class ChangeFeed {
  /** @param topic what changed, e.g. `access`, `repo`; @param subject one id, or absent for "all of them" */
  abstract publish(tx: Tx, topic: string, subject?: string | number): Promise<void>;
  /** @param listener gets the subject, or null for "all of them" (also after the listening connection was lost). */
  abstract on(topic: string, listener: (subject: string | null) => void): void;
  /** False while notifications cannot arrive; caches must not answer then. */
  abstract readonly isLive: boolean;
}
