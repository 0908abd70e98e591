import type { Row } from '../../database/database.js';

export type GistType = 'public' | 'private';
export const GIST_TYPES: readonly GistType[] = ['public', 'private'];

export interface GistRecord extends Row {
  gist_id: number;
  access_id: string;
  gist_type: GistType;
  owner_id: number;
  owner: string;
  description: string;
  /** Null: never. */
  expires_at: Date | null;
  created_on: Date;
  /** Names, sorted. */
  files: string[];
}

export interface GistFile extends Row {
  filename: string;
  content: Buffer;
}

/** An expired gist is gone for everybody, also before it is deleted. */
const IS_THERE = '(g.expires_at IS NULL OR g.expires_at > now())';

/** @param where which gists, with order and limit */
export const selectGists = (where: string, only = IS_THERE) => `
  SELECT g.gist_id, g.access_id, g.gist_type, g.owner_id, o.username AS owner, g.description, g.expires_at, g.created_on,
    ARRAY(SELECT f.filename FROM gist_file f WHERE f.gist_id = g.gist_id ORDER BY f.filename) AS files
  FROM gist g JOIN "user" o ON o.user_id = g.owner_id WHERE ${only} AND ${where}`;

export const GIST_BY_ID = selectGists('g.gist_id = $1');
export const GIST_BY_ACCESS_ID = selectGists('g.access_id = $1');
export const ANY_GIST_BY_ID = selectGists('g.gist_id = $1', 'true');
