import type { JsonSchema } from 'forgegate/sdk';
import { FORMATS, type Format } from './formats/index.js';

/** What is left out is as the schema says. */
export interface WebhookConfig {
  payload_format?: Format;
  compat_headers?: ('github' | 'gitea')[];
  method?: 'POST' | 'PUT';
  /** Sent as they are; `name: value`. */
  headers?: Record<string, string>;
  /** What the classic formats send in clear: `X-Gitlab-Token`, `token` in RhodeCode's body. */
  token?: string;
  /** Mustache; `{{data.repository.repo_name}}` of the event's body. */
  body_template?: string;
  content_type?: string;
  /** PEM. */
  ca?: string;
  client_cert?: string;
  client_key?: string;
}

export const CONFIG: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    payload_format: { type: 'string', enum: [...FORMATS], default: 'forgegate' },
    compat_headers: {
      type: 'array',
      items: { type: 'string', enum: ['github', 'gitea'] },
      uniqueItems: true,
      default: [],
    },
    method: { type: 'string', enum: ['POST', 'PUT'], default: 'POST' },
    headers: {
      type: 'object',
      maxProperties: 20,
      additionalProperties: {
        type: 'string',
        maxLength: 4096,
        pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$',
        description: 'one line of Latin-1',
      },
      'x-secret': true,
    },
    token: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description: 'visible ASCII characters',
      'x-secret': true,
    },
    body_template: { type: 'string', minLength: 1, maxLength: 65_536 },
    content_type: {
      type: 'string',
      maxLength: 100,
      pattern: '^[\\x20-\\x7e]+$',
      default: 'application/json',
    },
    ca: { type: 'string', minLength: 1, maxLength: 65_536 },
    client_cert: { type: 'string', minLength: 1, maxLength: 65_536 },
    client_key: { type: 'string', minLength: 1, maxLength: 16_384, 'x-secret': true },
  },
};

const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Those that this adapter or HTTP itself sets. */
const TAKEN =
  /^(webhook-.*|host|content-length|content-type|transfer-encoding|connection|expect|upgrade|te|trailer|keep-alive|proxy-.*|x-hub-signature.*|x-gitea-.*|x-gogs-.*|x-github-.*|x-gitlab-.*)$/i;

/** What the schema cannot say. */
export function headersProblem(headers: Readonly<Record<string, string>>): string | null {
  for (const name of Object.keys(headers)) {
    if (!NAME.test(name)) return `config.headers: ${JSON.stringify(name)} is no name of a header`;
    if (TAKEN.test(name)) return `config.headers: ${name} is set by the gateway itself`;
  }
  return null;
}
