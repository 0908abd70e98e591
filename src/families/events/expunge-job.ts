import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import type { JsonObject } from '../../sdk/index.js';

export const EXPUNGE_JOB = 'expunge_events';
const IDS_AT_ONCE = 2_000;
const LOOK_EVERY_MS = 100;

/**
 * An event by its id, or those that a user caused and those that hold one of these texts as a JSON string, or as the address
 * of an author (`Ada <ada@example.com>`).
 */
export type ExpungeArguments = { event_id: number | null; user_id: number | null; names: string[] };

/** $1 from and $2 to event_id, $3 event_id or null, $4 user_id or null, $5 JSON texts */
const CHOSEN = `
  SELECT event_id, occurred_at FROM event
   WHERE event_id BETWEEN $1 AND $2 AND expunged_at IS NULL
     AND (event_id = $3 OR actor_user_id = $4
          OR EXISTS (SELECT FROM unnest($5::text[]) AS name WHERE strpos(body, name) > 0))`;

/** What is left says that there was an event, of which type and when. $1 event_ids */
const EMPTY_EVENTS = `
  UPDATE event SET actor_user_id = NULL, request_id = NULL, expunged_at = now(),
         body = json_build_object('type', type, 'version', version,
           'timestamp', to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'data', json_build_object('event_id', event_id, 'expunged', true))::text
   WHERE event_id = ANY ($1::bigint[])`;
const EMPTY_ATTEMPTS = `
  UPDATE attempt SET request_target = NULL, request_headers = NULL, request_body = NULL, response_headers = NULL,
         response_body = NULL
   WHERE delivery_id IN (SELECT delivery_id FROM delivery WHERE event_id = ANY ($1::bigint[]))`;
const CANCEL = `
  UPDATE delivery SET state = 'cancelled', completed_at = now(), next_attempt_at = NULL,
         last_reason = 'the event was expunged'
   WHERE event_id = ANY ($1::bigint[]) AND state IN ('pending', 'held')`;

const UNDER_WAY = `
  SELECT EXISTS (SELECT FROM delivery_open WHERE event_id = ANY ($1::bigint[]) AND state = 'leased') AS is_under_way`;

/** Takes the content of events out of the log, and what receivers answered to it. It cannot be brought back. */
@Injectable()
export class ExpungeJob implements JobHandler<ExpungeArguments> {
  constructor(
    handlers: JobHandlers,
    private readonly db: Database,
  ) {
    handlers.register(EXPUNGE_JOB, this);
  }

  async run(job: RunningJob<ExpungeArguments>): Promise<JsonObject> {
    const [first, last] = await this.range(job.args.event_id);
    let expunged = 0;
    for (let from = first; from <= last; from += IDS_AT_ONCE) {
      job.caller.signal.throwIfAborted();
      const ids = await this.expunge(job.args, from, Math.min(from + IDS_AT_ONCE - 1, last));
      if (ids.length > 0) await this.emptyLateAttempts(ids, job.caller.signal);
      expunged += ids.length;
      job.progress({
        done: Math.min(from + IDS_AT_ONCE, last) - first,
        total: last - first,
        text: 'events looked at',
      });
    }
    return { msg: `expunged ${expunged} events`, expunged };
  }

  async clean(): Promise<void> {}

  async failed(): Promise<void> {}

  private async range(eventId: number | null): Promise<[number, number]> {
    if (eventId !== null) return [eventId, eventId];
    const [row] = await this.db.query<{ first: number | null; last: number | null }>(
      'SELECT min(event_id) AS first, max(event_id) AS last FROM event',
    );
    return [row?.first ?? 0, row?.last ?? -1];
  }

  /** @returns event_ids */
  private expunge(args: ExpungeArguments, from: number, to: number): Promise<number[]> {
    const texts = args.names.flatMap((name) => [JSON.stringify(name), ...addressIn(name)]);
    return this.db.transaction(async (tx) => {
      const rows = await tx.query<{ event_id: number }>(CHOSEN, [
        from,
        to,
        args.event_id,
        args.user_id,
        texts,
      ]);
      const ids = rows.map(({ event_id }) => event_id);
      if (ids.length > 0)
        for (const statement of [EMPTY_EVENTS, EMPTY_ATTEMPTS, CANCEL]) await tx.query(statement, [ids]);
      return ids;
    });
  }

  /** What was under way has yet to write down what it sent and what it was told. */
  private async emptyLateAttempts(ids: readonly number[], signal: AbortSignal): Promise<void> {
    for (;;) {
      const [row] = await this.db.query<{ is_under_way: boolean }>(UNDER_WAY, [ids]);
      await this.db.query(EMPTY_ATTEMPTS, [ids]);
      if (!row?.is_under_way) return;
      await setTimeout(LOOK_EVERY_MS, undefined, { signal });
    }
  }
}

/** As it stands in the author of a commit. */
const addressIn = (name: string): string[] =>
  name.includes('@') ? [`<${JSON.stringify(name).slice(1, -1)}>`] : [];
