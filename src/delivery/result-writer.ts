import { Logger } from '@nestjs/common';
import type { Database, Sql } from '../database/database.js';
import { FINISH } from './lease-queries.js';
import type { DeliveryResult } from './delivery-result.js';
import { observationOf } from './endpoint-health.js';
import type { EndpointKeeper } from './endpoint-keeper.js';
import { retryOnConflict } from './queue-signals.js';
import { storable } from './storable-text.js';
import { isTelling } from '../scheduling/wake-loop.js';

const MOST_AT_ONCE = 100;
const RETRY_MS = 250;
/** What finishes within this time is written together; nobody waits for it but the next claim. */
const GATHER_MS = 3;

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
    private readonly endpoints: EndpointKeeper,
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
        await retryOnConflict(() => this.write(batch));
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
    const telling = batch.filter(saysSomething);
    if (telling.length === 0) {
      await finish(this.db, batch);
      return;
    }
    await this.db.transaction(async (tx) => {
      const endpoints = await this.endpoints.lock(tx, telling);
      const written = new Set(await finish(tx, batch));
      await this.endpoints.observe(
        tx,
        endpoints,
        telling.filter(({ row }) => written.has(row.delivery_id)),
      );
    });
  }
}

/** Whether the result changes more than its own delivery; a success of an endpoint that is well does not. */
function saysSomething({ row, attempt }: DeliveryResult): boolean {
  const observation = observationOf(attempt.outcome);
  return observation !== null
    ? observation.kind !== 'success' || row.is_troubled
    : attempt.outcome.outcome === 'rejected';
}

async function finish(sql: Sql, batch: readonly DeliveryResult[]): Promise<number[]> {
  const records = JSON.stringify(batch.map(toRecord));
  const rows = await sql.prepared<{ delivery_id: number }>('delivery_finish', FINISH, [records]);
  return rows.map(({ delivery_id }) => delivery_id);
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
    status: outcome.status ?? (response?.status || null),
    request_target: exchange && storable(exchange.target),
    request_body:
      exchange?.requestBody == null || exchange.requestBody === row.body
        ? null
        : storable(exchange.requestBody),
    request_headers: exchange && storableHeaders(exchange.requestHeaders),
    response_headers: response && storableHeaders(response.headers),
    response_body: response && storable(response.body),
    response_truncated: response?.truncated ?? false,
    timing: exchange?.timing ?? null,
  };
}

function storableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [storable(name), storable(value)]),
  );
}
