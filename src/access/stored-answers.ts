import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { SEALED_COLUMNS } from '../config/sealed-columns.js';
import { SecretBox } from '../config/secret-box.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { withCommitMark } from '../database/commit-mark.js';
import { Database, type Row } from '../database/database.js';
import type { RpcCall } from '../rpc/call.js';
import { conflict, invalidParams, RpcFault } from '../rpc/errors.js';
import { Idempotency } from '../rpc/idempotency.js';
import { JsonText } from '../rpc/json-text.js';

const KEPT = `interval '24 hours'`;
const { purpose: PURPOSE } = SEALED_COLUMNS.storedAnswer;
const PURGE_EVERY_MS = 3_600_000;
const LONGEST_KEY = 255;

/** $1 api_key_id, $2 key, $3 method, $4 fingerprint, $5 ms. Takes the place of one that is too old, or was given up undone. */
const CLAIM = `
  INSERT INTO idempotency_key AS known (api_key_id, key, method, fingerprint, lease_until)
  VALUES ($1, $2, $3, $4, now() + $5::int * interval '1 ms')
  ON CONFLICT (api_key_id, key) DO UPDATE
    SET method = excluded.method, fingerprint = excluded.fingerprint, lease_until = excluded.lease_until,
        created_at = now(), carried_out = false, answer_sealed = NULL
    WHERE known.created_at < now() - ${KEPT}
       OR (known.lease_until < now() AND NOT known.carried_out AND known.fingerprint = excluded.fingerprint)
  RETURNING key`;
const FIND = `
  SELECT method, fingerprint, carried_out, answer_sealed,
         ceil(extract(epoch FROM lease_until - now()))::int AS running_s
    FROM idempotency_key WHERE api_key_id = $1 AND key = $2`;
const CARRIED_OUT = `UPDATE idempotency_key SET carried_out = true WHERE api_key_id = $1 AND key = $2`;
const ANSWERED = `
  UPDATE idempotency_key SET carried_out = true, answer_sealed = $3 WHERE api_key_id = $1 AND key = $2`;
const FORGET = `DELETE FROM idempotency_key WHERE api_key_id = $1 AND key = $2 AND NOT carried_out`;

interface KnownKey extends Row {
  method: string;
  fingerprint: Buffer;
  carried_out: boolean;
  answer_sealed: Buffer | null;
  running_s: number;
}

/**
 * Answers by idempotency key, kept for 24 hours for each API key. That a call was carried out is written in its own
 * transaction, so that no crash lets it happen twice: what is lost then is the answer alone. Answers may show a new API
 * key, so they are sealed.
 */
@Injectable()
export class StoredAnswers extends Idempotency {
  private readonly log = new Logger('Idempotency');
  private purgedAt = -Infinity;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly box: SecretBox,
  ) {
    super();
  }

  async run(call: RpcCall, given: unknown, args: object, work: () => unknown): Promise<unknown> {
    const id = [call.principal.apiKeyId, usable(given)];
    const fingerprint = fingerprintOf(call.method, args);
    const claim = [...id, call.method, fingerprint, this.settings.callDeadlineMs];
    const [claimed] = await this.db.query(CLAIM, claim);
    if (!claimed) return this.known(id, fingerprint);
    void this.purge();
    try {
      const mark = async (tx: { query: Database['query'] }) => void (await tx.query(CARRIED_OUT, id));
      const answer = await withCommitMark(mark, () => settled(work()));
      await this.store(id, answer);
      return answer;
    } catch (error) {
      await this.db.query(FORGET, id);
      throw error;
    }
  }

  private async known(id: unknown[], fingerprint: Buffer): Promise<JsonText> {
    const [row] = await this.db.query<KnownKey>(FIND, id);
    if (!row) throw conflict('the call with this `idempotency_key` has just failed; send it again');
    if (!row.fingerprint.equals(fingerprint)) {
      throw conflict(`\`idempotency_key\` was used for another call (${row.method}); take a new one`);
    }
    if (row.answer_sealed) return new JsonText(this.box.open(row.answer_sealed, PURPOSE));
    if (row.running_s > 0) {
      const data = { retry_after: row.running_s };
      throw new RpcFault('CONFLICT', 'the call with this `idempotency_key` is still running', data);
    }
    throw new RpcFault(
      'CONFLICT',
      'the call with this `idempotency_key` was carried out, its answer was lost',
      {
        carried_out: true,
      },
    );
  }

  private async store(id: unknown[], answer: unknown): Promise<void> {
    const text =
      answer instanceof JsonText ? answer.text : (JSON.stringify(answer ?? null) as string | undefined);
    if (text === undefined) return;
    await this.db.query(ANSWERED, [...id, this.box.seal(text, PURPOSE)]);
  }

  private async purge(): Promise<void> {
    const now = performance.now();
    if (now - this.purgedAt < PURGE_EVERY_MS) return;
    this.purgedAt = now;
    await this.db
      .query(`DELETE FROM idempotency_key WHERE created_at < now() - ${KEPT}`)
      .catch((error: unknown) => this.log.warn(`old keys stay: ${(error as Error).message}`));
  }
}

function usable(given: unknown): string {
  if (typeof given === 'string' && given !== '' && given.length <= LONGEST_KEY && !given.includes('\0'))
    return given;
  throw invalidParams(`\`idempotency_key\` must be a string of 1 to ${LONGEST_KEY} characters`);
}

function fingerprintOf(method: string, args: object): Buffer {
  const members = Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([method, members]))
    .digest();
}

/** A handler answers a value, a promise, or what an interceptor made of it. */
async function settled(running: unknown): Promise<unknown> {
  const value = await running;
  return isObservable(value) ? lastValueFrom(value) : value;
}
