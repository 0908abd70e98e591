import { Injectable } from '@nestjs/common';
import {
  DeliveryRecovery,
  type RecoverableState,
  type RecoveryFilter,
} from '../../delivery/delivery-recovery.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import type { JsonObject } from '../../sdk/index.js';

export const RECOVERY_JOB = 'recover_deliveries';
const AT_ONCE = 500;

/** {@link RecoveryFilter} as JSON; times are ISO 8601. */
export type RecoveryArguments = {
  webhook_ids: number[] | null;
  states: RecoverableState[];
  event_type: string | null;
  since: string | null;
  until: string | null;
  ended_by: string;
};

/**
 * Sends a part of the delivery log again. One that was broken off goes on where it was: what it has sent already is not
 * finished, or has ended after the job was made.
 */
@Injectable()
export class RecoveryJob implements JobHandler<RecoveryArguments> {
  constructor(
    handlers: JobHandlers,
    private readonly recovery: DeliveryRecovery,
  ) {
    handlers.register(RECOVERY_JOB, this);
  }

  async run(job: RunningJob<RecoveryArguments>): Promise<JsonObject> {
    const filter = toFilter(job.args);
    const total = await this.recovery.count(filter);
    let done = 0;
    let last: number | null = 0;
    while (last !== null) {
      job.caller.signal.throwIfAborted();
      const step: { sent: number; last: number | null } = await this.recovery.recover(filter, last, AT_ONCE);
      done += step.sent;
      last = step.last;
      job.progress({ done, total, text: 'deliveries sent again' });
    }
    return { msg: `sending ${done} deliveries again`, recovered: done };
  }

  /** What was sent again stays so. */
  async clean(): Promise<void> {}

  async failed(): Promise<void> {}
}

function toFilter(args: RecoveryArguments): RecoveryFilter {
  const time = (text: string | null) => (text === null ? null : new Date(text));
  return {
    webhookIds: args.webhook_ids,
    states: args.states,
    eventType: args.event_type,
    since: time(args.since),
    until: time(args.until),
    endedBy: new Date(args.ended_by),
  };
}
