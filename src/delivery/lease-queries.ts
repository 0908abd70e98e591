/**
 * What is done with leases. The statements name `delivery_open`, the partition of what is not finished, wherever a row
 * stays in it; a row that leaves it is updated through `delivery`, and PostgreSQL moves it to its day.
 */

/**
 * Writes results and their attempts, as far as the claim still holds. $1 JSON array of results.
 * @returns the delivery_ids that were written
 */
export const FINISH = `
  WITH result AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS r (
      delivery_id bigint, claim_id uuid, state text, local_faults int, delay_ms bigint, number int,
      started_at timestamptz, duration_ms int, outcome text, code text, reason text, status int,
      request_headers jsonb, response_headers jsonb, response_body text, response_truncated boolean, timing jsonb,
      request_target text, request_body text)
  ), written AS (
    UPDATE delivery d
       SET state = r.state, local_faults = r.local_faults, claim_id = NULL, lease_until = NULL,
           next_attempt_at = now() + r.delay_ms * interval '1 ms',
           completed_at = CASE WHEN r.delay_ms IS NULL THEN now() END,
           last_outcome = r.outcome, last_code = r.code, last_reason = r.reason, last_status = r.status
      FROM result r
     WHERE d.delivery_id = ANY (ARRAY (SELECT delivery_id FROM result))
       AND d.delivery_id = r.delivery_id AND d.state = 'leased' AND d.claim_id = r.claim_id
    RETURNING d.delivery_id, d.created_at, d.next_attempt_at
  ), logged AS (
    INSERT INTO attempt (delivery_id, created_at, number, started_at, duration_ms, outcome, code, reason, status,
                         request_headers, response_headers, response_body, response_truncated, timing, request_target,
                         request_body, next_attempt_at)
    SELECT w.delivery_id, w.created_at, r.number, r.started_at, r.duration_ms, r.outcome, r.code, r.reason, r.status,
           r.request_headers, r.response_headers, r.response_body, r.response_truncated, r.timing, r.request_target,
           r.request_body, w.next_attempt_at
      FROM written w JOIN result r USING (delivery_id)
  )
  SELECT delivery_id FROM written`;

/** Gives back what was claimed and not attempted to an end. $1 delivery_ids, $2 their claim_ids */
export const RELEASE = `
  UPDATE delivery_open d
     SET state = 'pending', next_attempt_at = now(), attempts = d.attempts - 1, claim_id = NULL, lease_until = NULL
    FROM unnest($1::bigint[], $2::uuid[]) AS mine (delivery_id, claim_id)
   WHERE d.delivery_id = ANY ($1::bigint[]) AND d.delivery_id = mine.delivery_id AND d.state = 'leased' AND d.claim_id = mine.claim_id
  RETURNING d.delivery_id`;

/**
 * Tells that these are still worked on, except those whose result is being written at this moment: two statements that
 * wait for each other's rows would be a deadlock. $1 delivery_ids, $2 their claim_ids, $3 lease in ms
 */
export const HEARTBEAT = `
  WITH held AS MATERIALIZED (
    SELECT d.ctid AS tid
      FROM delivery_open d JOIN unnest($1::bigint[], $2::uuid[]) AS mine (delivery_id, claim_id)
        ON d.delivery_id = mine.delivery_id AND d.claim_id = mine.claim_id
     WHERE d.delivery_id = ANY ($1::bigint[]) AND d.state = 'leased'
       FOR UPDATE OF d SKIP LOCKED
  )
  UPDATE delivery_open d SET lease_until = now() + $3::int * interval '1 ms'
   WHERE d.ctid = ANY (ARRAY (SELECT tid FROM held))`;

/**
 * Takes leases back whose worker fell silent, and writes down that the attempt has no known end. The first time it is
 * due again at once; a delivery that keeps killing its worker comes back ever later.
 */
export const REAP = `
  WITH silent AS MATERIALIZED (
    SELECT ctid AS tid FROM delivery_open WHERE state = 'leased' AND lease_until < now()
     LIMIT 1000 FOR UPDATE SKIP LOCKED
  ), freed AS (
    UPDATE delivery_open d
       SET state = 'pending', claim_id = NULL, local_faults = d.local_faults + 1,
           next_attempt_at = now() + least(d.local_faults * 30, 3600) * interval '1 s',
           last_outcome = 'local_fault', last_code = 'LEASE_EXPIRED', last_status = NULL,
           last_reason = 'the worker stopped before it could write down what happened'
     WHERE d.ctid = ANY (ARRAY (SELECT tid FROM silent))
    RETURNING d.delivery_id, d.created_at, d.attempts, d.lease_until, d.next_attempt_at, d.last_outcome, d.last_code,
              d.last_reason
  ), logged AS (
    INSERT INTO attempt (delivery_id, created_at, number, started_at, outcome, code, reason, next_attempt_at)
    SELECT delivery_id, created_at, attempts, lease_until, last_outcome, last_code, last_reason, next_attempt_at FROM freed
  )
  SELECT delivery_id FROM freed`;
