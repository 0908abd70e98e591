import { Logger } from '@nestjs/common';
import type { Database, Sql } from '../database/database.js';
import { FINISH } from './claim-queries.js';
import type { FinishedAttempt } from './attempt-runner.js';
import type { ClaimedDelivery } from './claimed-delivery.js';
import type { Verdict } from './retry-policy.js';
import { isTelling } from '../scheduling/wake-loop.js';

const MOST_AT_ONCE = 100;
const RETRY_MS = 250;
/** What finishes within this time is written together; nobody waits for it but the next claim. */
const GATHER_MS = 3;

export interface DeliveryResult {
  readonly row: ClaimedDelivery;
  readonly claimId: string;
  readonly attempt: FinishedAttempt;
  readonly verdict: Verdict;
}

/**
 * Writes results, many in one statement when they come thick: while one batch is being written the next one gathers.
 * While the database is away they wait here; a lease that runs out meanwhile only means that it is sent once more.
 */
export class ResultWriter {
  private readonly log = new Logger('Delivery');
  private waiting: DeliveryResult[] = [];
  private writing: Promise<void> | null = null;
  private stopped = false;

  /** @param written told after each batch, with all of it, whether or not the claims still held */
  constructor(
    private readonly db: Database,
    private readonly written: (batch: readonly DeliveryResult[]) => void,
  ) {}

  add(result: DeliveryResult): void {
    this.waiting.push(result);
    this.writing ??= this.drain();
  }

  /** Resolves when nothing waits, or after `ms`. */
  async flush(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([this.writing, late]);
    clearTimeout(timer);
    this.stopped = true;
  }

  private async drain(): Promise<void> {
    let failures = 0;
    while (this.waiting.length > 0 && !this.stopped) {
      if (this.waiting.length < MOST_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        await this.write(batch);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (isTelling(failures))
          this.log.error(`cannot write results, will try again: ${(error as Error).message}`);
        this.waiting.unshift(...batch);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        continue;
      }
      this.written(batch);
    }
    this.writing = null;
  }

  private async write(batch: readonly DeliveryResult[]): Promise<void> {
    const gone = batch.filter(({ verdict }) => verdict.state === 'gone');
    if (gone.length === 0) {
      await finish(this.db, batch);
      return;
    }
    await this.db.transaction(async (tx) => {
      const held = new Set(await finish(tx, batch));
      for (const { row, attempt } of gone) {
        if (held.has(row.delivery_id)) await disable(tx, row.webhook_id, attempt.outcome.reason ?? 'gone');
      }
    });
  }
}

async function finish(sql: Sql, batch: readonly DeliveryResult[]): Promise<number[]> {
  const records = JSON.stringify(batch.map(toRecord));
  const rows = await sql.prepared<{ delivery_id: number }>('delivery_finish', FINISH, [records]);
  return rows.map(({ delivery_id }) => delivery_id);
}

/** An endpoint that is gone gets nothing more; what was on its way to it is held, for the day it is enabled again. */
async function disable(sql: Sql, webhookId: number, reason: string): Promise<void> {
  await sql.query(
    'UPDATE webhook SET active = false, disabled_reason = $2, updated_at = clock_timestamp() WHERE webhook_id = $1',
    [webhookId, storable(reason)],
  );
  await sql.query(
    `UPDATE delivery SET state = 'held', next_attempt_at = NULL WHERE webhook_id = $1 AND state = 'pending'`,
    [webhookId],
  );
}

function toRecord({ row, claimId, attempt, verdict }: DeliveryResult) {
  const { outcome, startedAt, durationMs, exchange } = attempt;
  const response = exchange?.response ?? null;
  return {
    delivery_id: row.delivery_id,
    claim_id: claimId,
    state: verdict.state,
    local_faults: verdict.localFaults,
    delay_ms: verdict.delayMs,
    number: row.attempts,
    started_at: startedAt,
    duration_ms: durationMs,
    outcome: outcome.outcome,
    code: storable(outcome.code),
    reason: outcome.reason === undefined ? null : storable(outcome.reason),
    status: outcome.status ?? response?.status ?? null,
    request_headers: exchange && storableHeaders(exchange.requestHeaders),
    response_headers: response && storableHeaders(response.headers),
    response_body: response && storable(response.body),
    response_truncated: response?.truncated ?? false,
    timing: exchange?.timing ?? null,
  };
}

/** PostgreSQL stores neither NUL nor half a character; a receiver can send both. */
function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\uFFFD');
}

function storableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [storable(name), storable(value)]),
  );
}
