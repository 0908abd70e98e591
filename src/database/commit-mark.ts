import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tx } from './database.js';

const marks = new AsyncLocalStorage<(tx: Tx) => Promise<void>>();

/** Runs `work`; each transaction that commits meanwhile takes `mark` into it, as its last statement. */
export function withCommitMark<T>(mark: (tx: Tx) => Promise<void>, work: () => T): T {
  return marks.run(mark, work);
}

export async function markCommit(tx: Tx): Promise<void> {
  await marks.getStore()?.(tx);
}
