import { setTimeout as wait } from 'node:timers/promises';

/** Looking for what is not there takes another time than hiding what is; both are answered after this. */
const REFUSED_AFTER_MS = 25;

/** Await it before saying that something does not exist. @param startedAt of the request, by `performance.now()` */
export async function evenTime(startedAt: number): Promise<void> {
  await wait(Math.max(0, startedAt + REFUSED_AFTER_MS - performance.now()));
}
