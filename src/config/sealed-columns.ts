/** A column whose values {@link SecretBox} seals, and what they are sealed for. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly purpose: string;
}

/** All secrets at rest; a change of the master key goes through them. */
export const SEALED_COLUMNS = {
  cloneUri: { table: 'repo', column: 'clone_uri_sealed', purpose: 'repo.clone_uri' },
  webhookSecrets: { table: 'webhook', column: 'secrets_sealed', purpose: 'webhook.secrets' },
  jobSecrets: { table: 'job', column: 'secrets_sealed', purpose: 'job.secrets' },
  storedAnswer: { table: 'idempotency_key', column: 'answer_sealed', purpose: 'idempotency.answer' },
  pluginConfig: { table: 'plugin_decision', column: 'secrets_sealed', purpose: 'plugin.config' },
} as const satisfies Record<string, SealedColumn>;
