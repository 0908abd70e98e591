import { createHash } from 'node:crypto';
import type { DeliverContext, HttpRequest } from 'forgegate/sdk';
import type { WebhookConfig } from './config.js';
import { messagesOf, nameOf, type Message } from './formats/index.js';
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
  { name, body }: Message,
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
    'webhook-signature': signatureHeader(secrets, id, timestamp, body),
    ...compatible(config, secrets, body, { name, plainName: nameOf(event), guid: guidOf(id, index) }),
  };
}

interface Named {
  readonly name: string;
  readonly plainName: string;
  readonly guid: string;
}

/** Signed with the newest shared secret, as text: those formats know one key only. */
function compatible(
  config: WebhookConfig,
  secrets: readonly string[],
  body: string,
  { name, plainName, guid }: Named,
): Record<string, string> {
  const format = config.payload_format ?? 'forgegate';
  const wanted = new Set<string>([format, ...(config.compat_headers ?? [])]);
  const shared = secrets.find((secret) => secret.startsWith('whsec_'));
  const event = format === 'github' || format === 'gitea' ? name : plainName;
  const sha256 = shared && plainSignature(shared, body, 'sha256');
  const hub = shared && {
    'x-hub-signature': `sha1=${plainSignature(shared, body, 'sha1')}`,
    'x-hub-signature-256': `sha256=${sha256}`,
  };
  return {
    ...(wanted.has('gitea') && {
      'x-gitea-delivery': guid,
      'x-gitea-event': event,
      'x-gitea-event-type': event,
      ...(sha256 && { 'x-gitea-signature': sha256 }),
    }),
    ...((wanted.has('github') || wanted.has('gitea')) && {
      'x-github-delivery': guid,
      'x-github-event': event,
      ...hub,
    }),
    ...(format === 'gitlab' && {
      'x-gitlab-event': name,
      'x-gitlab-event-uuid': guid,
      'idempotency-key': guid,
      ...(config.token !== undefined && { 'x-gitlab-token': config.token }),
    }),
  };
}

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
