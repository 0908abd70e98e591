/** $1 kind, $2 lane, $3 repo_id, $4 source_repo_id, $5 repo_name, $6 group_id, $7 group_name, $8 args, $9 secrets,
 * $10 user_id, $11 caller, $12 claim_id, or null to wait for a turn, $13 lease in ms */
export const ADD = `
  INSERT INTO job (kind, lane, repo_id, source_repo_id, repo_name, group_id, group_name, args, secrets_sealed,
                   created_by, caller, state, claim_id, lease_until, attempts, started_on)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT user_id FROM "user" WHERE user_id = $10), $11,
          CASE WHEN $12::uuid IS NULL THEN 'pending' ELSE 'running' END, $12::uuid,
          CASE WHEN $12::uuid IS NULL THEN NULL ELSE now() + $13::int * interval '1 ms' END,
          CASE WHEN $12::uuid IS NULL THEN 0 ELSE 1 END, CASE WHEN $12::uuid IS NULL THEN NULL ELSE now() END)
  RETURNING *`;

/**
 * Takes the next job of a lane: of those whose repository no other job is changing and no older one is to change, first
 * the ones of people with the fewest running. A job whose worker fell silent is as good as a waiting one.
 * $1 lane, $2 claim_id, $3 lease in ms
 */
export const CLAIM = `
  UPDATE job SET state = 'running', claim_id = $2::uuid, lease_until = now() + $3::int * interval '1 ms',
         attempts = attempts + 1, started_on = coalesce(started_on, now())
   WHERE job_id = (
     SELECT j.job_id FROM job j
      WHERE j.lane = $1 AND j.state IN ('pending', 'running') AND (j.state = 'pending' OR j.lease_until < now())
        AND NOT EXISTS (
          SELECT FROM job o
           WHERE o.repo_id = j.repo_id AND o.job_id <> j.job_id
             AND (o.state = 'running' OR o.state = 'pending' AND o.job_id < j.job_id))
      ORDER BY (SELECT count(*) FROM job o WHERE o.state = 'running' AND o.created_by = j.created_by), j.job_id
      LIMIT 1 FOR UPDATE OF j SKIP LOCKED)
  RETURNING *`;

/** $1 job_id, $2 claim_id, $3 lease in ms */
export const CLAIM_TO_CANCEL = `
  UPDATE job SET state = 'running', claim_id = $2::uuid, lease_until = now() + $3::int * interval '1 ms',
         attempts = attempts + 1, started_on = coalesce(started_on, now()), cancel_requested = true
   WHERE job_id = $1 AND state = 'pending'
  RETURNING *`;

/** $1 job_id */
export const WISH_TO_CANCEL = `
  UPDATE job SET cancel_requested = true WHERE job_id = $1 AND state IN ('pending', 'running') RETURNING job_id`;

/** Says that these are still worked on. $1 job_ids, $2 their claim_ids, $3 lease in ms */
export const HEARTBEAT = `
  UPDATE job j SET lease_until = now() + $3::int * interval '1 ms'
    FROM unnest($1::int[], $2::uuid[]) AS mine (job_id, claim_id)
   WHERE j.job_id = mine.job_id AND j.claim_id = mine.claim_id AND j.state = 'running'
  RETURNING j.job_id, j.cancel_requested`;

/** Back into the queue as if never claimed. $1 job_id, $2 claim_id */
export const RELEASE = `
  UPDATE job SET state = 'pending', claim_id = NULL, lease_until = NULL, attempts = attempts - 1
   WHERE job_id = $1 AND claim_id = $2::uuid AND state = 'running'`;

/**
 * $1 job_id, $2 claim_id, $3 state, $4 result, $5 error, $6 progress, or null to leave it.
 * @returns no row when the job is another's by now
 */
export const FINISH = `
  UPDATE job SET state = $3, result = $4, error = $5, progress = coalesce($6, progress), secrets_sealed = NULL,
         claim_id = NULL, lease_until = NULL, finished_on = clock_timestamp()
   WHERE job_id = $1 AND claim_id = $2::uuid AND state = 'running' RETURNING job_id`;

/** $1 job_id, $2 claim_id, $3 progress */
export const PROGRESS = `UPDATE job SET progress = $3 WHERE job_id = $1 AND claim_id = $2::uuid AND state = 'running'`;

/** $1 days */
export const PURGE = `DELETE FROM job WHERE finished_on < now() - $1::int * interval '1 day' RETURNING job_id`;
