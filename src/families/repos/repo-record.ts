import type { NamedObject } from '../../access/object-directory.js';
import type { Row } from '../../database/database.js';
import type { RepoType } from '../../vcs/vcs.js';
import { STORED_CLONE_URI_TEMPLATE } from '../settings/clone-uri-template.js';
import { ANCESTOR_IDS } from '../repo-groups/repo-groups.directory.js';

/** What the cache column `repo.last_changeset` holds; `date` in unix seconds. Null stands for an empty repository. */
export interface StoredChangeset {
  raw_id: string;
  revision: number;
  message: string;
  author: string;
  date: number;
}

export interface RepoRecord extends NamedObject, Row {
  repo_id: number;
  repo_name: string;
  repo_type: RepoType;
  repo_state: 'repo_state_created' | 'repo_state_pending' | 'repo_state_error';
  group_id: number | null;
  owner_id: number;
  owner: string;
  fork_id: number | null;
  fork_of: string | null;
  private: boolean;
  description: string;
  clone_uri_sealed: Buffer | null;
  landing_rev: string;
  enable_statistics: boolean;
  enable_downloads: boolean;
  /** A writer's pull locks it, his push unlocks it. */
  enable_locking: boolean;
  /** By key, in the order in which they were added; null when there are none, or the setting `repository_fields` is off. */
  extra_fields: Record<string, string> | null;
  last_changeset: StoredChangeset | null;
  /** The setting; null until somebody sets it. */
  clone_uri_tmpl: string | null;
  created_on: Date;
  updated_on: Date;
  /** Ids of the repository groups above it, the top one first. */
  group_ids: number[];
}

const COLUMNS = `r.repo_id AS id, r.repo_name AS name, r.repo_id, r.repo_name, r.repo_type, r.repo_state, r.group_id,
  r.owner_id, o.username AS owner, r.fork_id, f.repo_name AS fork_of, r.private, r.description, r.clone_uri_sealed,
  r.landing_rev, r.enable_statistics, r.enable_downloads, r.enable_locking, x.extra_fields,
  r.last_changeset, r.created_on, r.updated_on, ${STORED_CLONE_URI_TEMPLATE} AS clone_uri_tmpl`;

/** All in one pass, whatever the number of repositories; not even read while the setting is off. */
const EXTRA_FIELDS = `
  SELECT repo_id, json_object_agg(field_key, field_value ORDER BY field_id) AS extra_fields FROM repo_extra_field
    WHERE (SELECT value = 'true' FROM setting WHERE name = 'repository_fields') GROUP BY repo_id`;

const TABLES = `repo r JOIN "user" o ON o.user_id = r.owner_id LEFT JOIN repo f ON f.repo_id = r.fork_id
  LEFT JOIN (${EXTRA_FIELDS}) AS x ON x.repo_id = r.repo_id`;

export const REPO_BY_ID = `SELECT ${COLUMNS}, ${ANCESTOR_IDS('r.group_id')} AS group_ids FROM ${TABLES} WHERE r.repo_id = $1`;
export const REPO_ID_BY_NAME = 'SELECT repo_id FROM repo WHERE repo_name = $1';
/** The first of the given names that is there. */
export const REPO_FIRST_OF = `
  SELECT r.repo_name FROM unnest($1::text[]) WITH ORDINALITY AS given (name, place) JOIN repo r ON r.repo_name = given.name
  ORDER BY given.place LIMIT 1`;

/** For lists: without `group_ids`. @param rest joins, conditions and order */
export const selectRepos = (columns: string, rest: string) =>
  `SELECT ${COLUMNS}${columns} FROM ${TABLES} ${rest}`;
