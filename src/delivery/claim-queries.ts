/**
 * The queue's statements. They name `delivery_open`, the partition of what is not finished, wherever a row stays in it;
 * a row that leaves it is updated through `delivery`, and PostgreSQL moves it to its day.
 *
 * Rows that a statement has locked itself are found again by `ctid = ANY (ARRAY (...))`: a join by id was planned from
 * statistics that are old in a table that fills and empties within seconds, and read all of it (measured: 60 times slower).
 */

/**
 * Claims due deliveries, visiting the subscriptions that have any in turn, beginning after $1, so that none can starve
 * the others, and giving each no more than its cap. A subscription's row locks are skipped, never awaited.
 *
 * $1 last visited webhook_id, $2 most to claim, $3 cap per subscription, $4 claim_id, $5 lease in ms
 */
export const CLAIM = `
  WITH RECURSIVE ahead (webhook_id) AS (
    (SELECT webhook_id FROM delivery_open WHERE state = 'pending' AND webhook_id > $1::int ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM delivery_open d WHERE d.state = 'pending' AND d.webhook_id > a.webhook_id
             ORDER BY d.webhook_id LIMIT 1)
      FROM ahead a WHERE a.webhook_id IS NOT NULL
  ), behind (webhook_id) AS (
    (SELECT webhook_id FROM delivery_open WHERE state = 'pending' AND webhook_id <= $1::int ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM delivery_open d
             WHERE d.state = 'pending' AND d.webhook_id > b.webhook_id AND d.webhook_id <= $1::int
             ORDER BY d.webhook_id LIMIT 1)
      FROM behind b WHERE b.webhook_id IS NOT NULL
  ), picked AS MATERIALIZED (
    SELECT due.tid
      FROM (SELECT webhook_id FROM ahead UNION ALL SELECT webhook_id FROM behind) AS turn
     CROSS JOIN LATERAL (
       SELECT d.ctid AS tid FROM delivery_open d
        WHERE d.state = 'pending' AND d.webhook_id = turn.webhook_id AND d.next_attempt_at <= now()
        ORDER BY d.next_attempt_at, d.delivery_id
        LIMIT (SELECT CASE WHEN w.active THEN greatest(0, $3::int - (
                 SELECT count(*) FROM delivery_open l WHERE l.state = 'leased' AND l.webhook_id = turn.webhook_id
               )) ELSE 0 END
                 FROM webhook w WHERE w.webhook_id = turn.webhook_id)
          FOR UPDATE SKIP LOCKED
     ) AS due
     LIMIT $2::int
  ), claimed AS (
    UPDATE delivery_open d
       SET state = 'leased', claim_id = $4::uuid, lease_until = now() + $5::int * interval '1 ms',
           attempts = d.attempts + 1
     WHERE d.ctid = ANY (ARRAY (SELECT tid FROM picked))
    RETURNING d.delivery_id, d.created_at, d.event_id, d.event_occurred_at, d.webhook_id, d.attempts, d.local_faults,
              d.round_start
  )
  SELECT c.*, w.adapter, w.url, w.config, w.secrets_sealed, w.updated_at AS webhook_updated_at,
         (SELECT e.body FROM event e WHERE e.event_id = c.event_id AND e.occurred_at = c.event_occurred_at) AS body
    FROM claimed c JOIN webhook w ON w.webhook_id = c.webhook_id`;

/**
 * Writes results and their attempts, as far as the claim still holds. $1 JSON array of results.
 * @returns the delivery_ids that were written
 */
export const FINISH = `
  WITH result AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS r (
      delivery_id bigint, claim_id uuid, state text, local_faults int, delay_ms bigint, number int,
      started_at timestamptz, duration_ms int, outcome text, code text, reason text, status int,
      request_headers jsonb, response_headers jsonb, response_body text, response_truncated boolean, timing jsonb)
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
                         request_headers, response_headers, response_body, response_truncated, timing, next_attempt_at)
    SELECT w.delivery_id, w.created_at, r.number, r.started_at, r.duration_ms, r.outcome, r.code, r.reason, r.status,
           r.request_headers, r.response_headers, r.response_body, r.response_truncated, r.timing, w.next_attempt_at
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

/** Tells that these are still worked on. $1 delivery_ids, $2 their claim_ids, $3 lease in ms */
export const HEARTBEAT = `
  UPDATE delivery_open d SET lease_until = now() + $3::int * interval '1 ms'
    FROM unnest($1::bigint[], $2::uuid[]) AS mine (delivery_id, claim_id)
   WHERE d.delivery_id = ANY ($1::bigint[]) AND d.delivery_id = mine.delivery_id AND d.state = 'leased' AND d.claim_id = mine.claim_id
  RETURNING d.delivery_id`;

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

/**
 * Turns waiting events into deliveries, one for each subscription that wants them. Taking an event out of the outbox
 * and adding its deliveries is one statement, so that no crash can do one without the other. $1 most events to take
 */
export const RELAY = `
  WITH waiting AS MATERIALIZED (
    SELECT ctid AS tid FROM outbox ORDER BY event_id LIMIT $1::int FOR UPDATE SKIP LOCKED
  ), taken AS (
    DELETE FROM outbox o WHERE o.ctid = ANY (ARRAY (SELECT tid FROM waiting))
    RETURNING o.event_id, o.occurred_at, o.type, o.repo_id, o.group_ids, o.only_webhook_id
  ), matching AS (
    SELECT t.event_id, t.occurred_at, t.type, t.repo_id, hook.webhook_id
      FROM taken t
     CROSS JOIN LATERAL (
       SELECT webhook_id, event_types, created_at, retired_at, active FROM webhook
        WHERE t.only_webhook_id IS NULL AND repo_id = t.repo_id
       UNION ALL
       SELECT webhook_id, event_types, created_at, retired_at, active FROM webhook
        WHERE t.only_webhook_id IS NULL AND repo_group_id = ANY (t.group_ids)
          AND (recursive OR repo_group_id = t.group_ids[cardinality(t.group_ids)])
       UNION ALL
       SELECT webhook_id, event_types, created_at, retired_at, active FROM webhook
        WHERE t.only_webhook_id IS NULL AND repo_id IS NULL AND repo_group_id IS NULL
       UNION ALL
       SELECT webhook_id, '{*}', created_at, retired_at, active FROM webhook WHERE webhook_id = t.only_webhook_id
     ) AS hook
     WHERE hook.active AND hook.created_at <= t.occurred_at + interval '1 ms'
       AND (hook.retired_at IS NULL OR t.occurred_at <= hook.retired_at)
       AND EXISTS (SELECT FROM unnest(hook.event_types) AS pattern
                    WHERE t.type LIKE replace(replace(pattern, '_', '\\_'), '*', '%'))
  ), added AS (
    INSERT INTO delivery (event_id, event_occurred_at, event_type, repo_id, webhook_id, state, next_attempt_at)
    SELECT event_id, occurred_at, type, repo_id, webhook_id, 'pending', now() FROM matching
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM taken) AS events, (SELECT count(*) FROM added) AS deliveries`;
