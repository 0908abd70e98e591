import type { JsonSchema } from '../json.js';
import { defineEvent } from './contract.js';
import type { UtcTime } from './shapes.js';
import { object, utcTime } from './shapes.js';

/** A gist as `get_gists` answers it, with its owner and the names of its files; never their content. */
export interface GistShape {
  gist_id: number;
  type: 'public' | 'private';
  access_id: string;
  description: string;
  url: string;
  /** Unix seconds; -1: never. */
  expires: number;
  created_on: UtcTime;
  owner: string;
  /** Sorted. */
  files: string[];
}

const text: JsonSchema = { type: 'string' };
const changeable = {
  description: text,
  expires: { type: 'number' },
  files: { type: 'array', items: text },
};
const gistSchema = object({
  gist_id: { type: 'integer', minimum: 1 },
  type: { enum: ['public', 'private'] },
  access_id: text,
  url: text,
  created_on: utcTime,
  owner: text,
  ...changeable,
});

const example: GistShape = {
  gist_id: 19,
  type: 'private',
  access_id: 'q7Xw2mRb9ZkTfPnH4sVd',
  description: 'How to reproduce the crash',
  url: 'https://code.example.com/_admin/gists/q7Xw2mRb9ZkTfPnH4sVd',
  expires: -1,
  created_on: '2026-03-06T12:00:41.208Z',
  owner: 'grace',
  files: ['crash.log', 'steps.md'],
};

export interface GistCreated {
  gist: GistShape;
}

export const gistCreated = defineEvent<'gist.created', GistCreated>({
  type: 'gist.created',
  version: 1,
  summary: 'A gist was created',
  schema: object({ gist: gistSchema }),
  example: { gist: example },
});

export interface GistUpdated {
  gist: GistShape;
  /** Names of the files that are new, were rewritten or removed. */
  changed_files: string[];
  /** The members of `gist` that changed, with the values they had before. */
  previous: Partial<Pick<GistShape, 'description' | 'expires' | 'files'>>;
}

export const gistUpdated = defineEvent<'gist.updated', GistUpdated>({
  type: 'gist.updated',
  version: 1,
  summary: 'A gist changed: its description, its expiry or its files',
  schema: object({
    gist: gistSchema,
    changed_files: { type: 'array', items: text },
    previous: object(changeable, Object.keys(changeable)),
  }),
  example: { gist: example, changed_files: ['crash.log'], previous: { files: ['steps.md'] } },
});

export interface GistDeleted {
  /** As it was just before. */
  gist: GistShape;
  /** A call, or its time was over. */
  reason: 'deleted' | 'expired';
}

export const gistDeleted = defineEvent<'gist.deleted', GistDeleted>({
  type: 'gist.deleted',
  version: 1,
  summary: 'A gist was deleted, or its time was over',
  schema: object({ gist: gistSchema, reason: { enum: ['deleted', 'expired'] } }),
  example: { gist: example, reason: 'deleted' },
});
