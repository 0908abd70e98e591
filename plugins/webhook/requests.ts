import { createHash } from 'node:crypto';
import type { DeliverContext, HttpRequest, RepositoryRef } from 'forgegate/sdk';
import type { WebhookConfig } from './config.js';
import { messagesOf, namesIn, type Message } from './formats/index.js';
import { plainSignature, signatureHeader } from './signature.js';
import { renderBody, renderUrl } from './templates.js';
import { tlsOf } from './tls.js';

type Context = DeliverContext<WebhookConfig>;

/** The requests of one delivery, in order. @throws TemplateError */
export function requestsOf(context: Context, userAgent: string): { url: string; request: HttpRequest }[] {
  const { endpoint } = context;
  const tls = tlsOf(endpoint.config);
  return messages(context).map((message, index) => ({
    url: renderUrl(endpoint.url, context.event, message.variables),
    request: {
      method: endpoint.config.method ?? 'POST',
      headers: headers(context, message, index, userAgent),
      body: message.body,
      ...(tls && { tls }),
    },
  }));
}

function messages({ event, delivery, endpoint }: Context): readonly Message[] {
  const {
    payload_format: format = 'forgegate',
    token = '',
    body_template: template,
    content_type: type,
  } = endpoint.config;
  const found = messagesOf(format, event, delivery.body, token);
  if (template === undefined) return found;
  const isJson = (type ?? 'application/json').includes('json');
  return found.map((message) => ({ ...message, body: renderBody(template, event, isJson) }));
}

function headers(
  { delivery, endpoint, attempt, event }: Context,
  message: Message,
  index: number,
  userAgent: string,
): Record<string, string> {
  const { config, secrets } = endpoint;
  const { id } = delivery;
  const timestamp = Math.floor(attempt.startedAt.getTime() / 1000);
  return {
    ...delivery.trail,
    ...config.headers,
    'content-type': config.content_type ?? 'application/json',
    'user-agent': userAgent,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureHeader(secrets, id, timestamp, message.body),
    ...compatible({ delivery, endpoint, event }, message, guidOf(id, index)),
  };
}

/** Signed with the newest shared secret, as text: those formats know one key only. */
function compatible(
  { delivery, endpoint, event }: Pick<Context, 'delivery' | 'endpoint' | 'event'>,
  message: Message,
  guid: string,
): Record<string, string> {
  const { config, secrets } = endpoint;
  const { repository } = event.data as { repository?: RepositoryRef };
  const format = config.payload_format ?? 'forgegate';
  const wanted = new Set<string>([format, ...(config.compat_headers ?? [])]);
  const shared = secrets.find((secret) => secret.startsWith('whsec_'));
  const namesOf = (forge: 'github' | 'gitea') => (format === forge ? message : namesIn(forge, event));
  const sha256 = shared && plainSignature(shared, message.body, 'sha256');
  const hub = shared && {
    'x-hub-signature': `sha1=${plainSignature(shared, message.body, 'sha1')}`,
    'x-hub-signature-256': `sha256=${sha256}`,
  };
  return {
    ...(wanted.has('gitea') && {
      ...ofGitea('gitea', namesOf('gitea'), guid, sha256),
      ...ofGitea('gogs', namesOf('gitea'), guid, sha256),
      ...ofGitea('github', namesOf('gitea'), guid),
      ...hub,
    }),
    ...(wanted.has('github') && {
      'x-github-delivery': guid,
      'x-github-event': namesOf('github').name,
      'x-github-hook-id': String(delivery.webhookId),
      ...(repository && {
        'x-github-hook-installation-target-type': 'repository',
        'x-github-hook-installation-target-id': String(repository.repo_id),
      }),
      ...hub,
    }),
    ...(format === 'gitlab' && {
      'x-gitlab-event': message.name,
      'x-gitlab-event-uuid': guidOf(`event_${delivery.eventId}`, 0),
      'x-gitlab-webhook-uuid': guidOf(`webhook_${delivery.webhookId}`, 0),
      ...(repository && { 'x-gitlab-instance': new URL(repository.url).origin }),
      'idempotency-key': guid,
      ...(config.token !== undefined && { 'x-gitlab-token': config.token }),
    }),
  };
}

/** Gitea says the same under three names. */
const ofGitea = (
  forge: 'gitea' | 'gogs' | 'github',
  { name, kind }: Pick<Message, 'name' | 'kind'>,
  guid: string,
  signature?: string,
): Record<string, string> => ({
  [`x-${forge}-delivery`]: guid,
  [`x-${forge}-event`]: name,
  [`x-${forge}-event-type`]: kind,
  ...(signature !== undefined && { [`x-${forge}-signature`]: signature }),
});

/** The same for all attempts, as `webhook-id` is, in the shape that receivers expect. */
function guidOf(id: string, index: number): string {
  const hex = createHash('sha256').update(`${id}/${index}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
