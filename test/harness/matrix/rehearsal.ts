import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { defer, from, lastValueFrom, of, type Observable } from 'rxjs';
import type { Database, Tx } from '../../../src/database/database.js';
import type { PushJournal } from '../../../src/families/repos/push-journal.js';
import { RpcFault } from '../../../src/rpc/errors.js';

/** What an allowed call ends with. */
export const ALLOWED = 'allowed';

/**
 * - `real`: as in the product, to set the stage;
 * - `guard`: whoever gets past the guard is told `allowed`, the handler is not run;
 * - `rehearse`: the handler runs, but whatever would be committed is rolled back and told as `allowed`.
 */
export type Mode = 'real' | 'guard' | 'rehearse';

const rehearsing = new AsyncLocalStorage<true>();
let mode: Mode = 'real';
export const setMode = (next: Mode) => (mode = next);

/** Stands between the guards and the handlers of the gateway under test: Nest runs interceptors there. */
@Injectable()
export class Rehearsal implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'rpc' || mode === 'real') return next.handle();
    if (mode === 'guard') return of(ALLOWED);
    return defer(() => from(rehearsing.run(true, () => lastValueFrom(next.handle()))));
  }
}

/** Transactions of rehearsed calls, and of no others, end in a rollback. */
export function rollBackRehearsals(db: Database): void {
  const commit = db.transaction.bind(db);
  db.transaction = <T>(work: (tx: Tx) => Promise<T>) =>
    rehearsing.getStore() === undefined
      ? commit(work)
      : commit<T>(async (tx) => {
          await work(tx);
          throw new RpcFault('REFUSED', ALLOWED);
        });
}

/** A merge that writes down what it is about to change has passed everything that could refuse it. */
export function stopRehearsedPushes(journal: PushJournal): void {
  const announce = journal.announce.bind(journal);
  journal.announce = (...args) =>
    rehearsing.getStore() === undefined
      ? announce(...args)
      : Promise.reject(new RpcFault('REFUSED', ALLOWED));
}
