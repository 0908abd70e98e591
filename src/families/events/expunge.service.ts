import { Injectable } from '@nestjs/common';
import { Access, lacksScope } from '../../access/access.service.js';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { invalidParams, notFound } from '../../rpc/errors.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import type { ExpungedEvents } from './events.results.js';
import type { ExpungeEventsArgs } from './events.dto.js';
import { EXPUNGE_JOB, type ExpungeArguments } from './expunge-job.js';

/** Erases what the event log holds of an event or of a person. */
@Injectable()
export class ExpungeService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly access: Access,
  ) {}

  async expunge(
    caller: Caller,
    { event_id, userid, wait }: ExpungeEventsArgs,
  ): Promise<ResultOf<typeof ExpungedEvents>> {
    if ((event_id === undefined) === (userid === undefined))
      throw invalidParams('give `event_id` or `userid`');
    // A person's events are in repositories that the key must not touch
    if (userid !== undefined && this.access.isLimitedToObjects(caller.principal)) throw lacksScope('repo:**');
    const args =
      event_id !== undefined
        ? await this.event(caller.principal, event_id)
        : await this.person(userid as number | string);
    const job = { kind: EXPUNGE_JOB, lane: 'local', args } as const;
    const jobId = await this.db.transaction((tx) => this.jobs.add(tx, caller, job));
    if (wait) return this.jobs.wait(jobId, caller);
    return { msg: `expunging events in job ${jobId}`, job_id: jobId };
  }

  private async event(principal: Principal, eventId: number): Promise<ExpungeArguments> {
    const [found] = await this.db.query<{ repo_name: string | null }>(
      `SELECT body::json #>> '{data,repository,repo_name}' AS repo_name FROM event WHERE event_id = $1`,
      [eventId],
    );
    const isInScope =
      !this.access.isLimitedToObjects(principal) ||
      this.access.isInScope(principal, 'repo', found?.repo_name ?? '');
    if (!found || !isInScope) throw notFound(`event \`${eventId}\` does not exist`);
    return { event_id: eventId, user_id: null, names: [] };
  }

  /** An account that is gone is named by the user name that it had. */
  private async person(given: number | string): Promise<ExpungeArguments> {
    const [user] = await this.db.query<{ user_id: number; username: string; emails: string[] }>(
      `SELECT u.user_id, u.username,
              array_remove(array_append(ARRAY (SELECT email FROM user_email WHERE user_id = u.user_id), u.email), NULL)
                AS emails
         FROM "user" u WHERE u.user_id::text = $1 OR lower(u.username) = lower($1)
        ORDER BY u.user_id::text = $1 LIMIT 1`,
      [String(given)],
    );
    if (user) return { event_id: null, user_id: user.user_id, names: [user.username, ...user.emails] };
    if (typeof given === 'number') throw notFound(`user \`${given}\` does not exist`);
    return { event_id: null, user_id: null, names: [given] };
  }
}
