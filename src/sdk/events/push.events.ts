import type { JsonSchema } from '../json.js';
import { defineEvent, type RepositoryRef } from './contract.js';
import {
  exampleRepo,
  exampleRepository,
  object,
  repositoryRefSchema,
  repoSchema,
  utcTime,
  type RepoShape,
  type UtcTime,
} from './shapes.js';

/**
 * `push`: by a client. `pull`: the `pull` method brought it. `merge`: a pull request was merged. `recovered`: it was found
 * afterwards, because the gateway died meanwhile or something else changed the repository.
 */
export type PushSource = 'push' | 'pull' | 'merge' | 'recovered';

const sourceSchema = { enum: ['push', 'pull', 'merge', 'recovered'] };

export interface PushedCommit {
  raw_id: string;
  short_id: string;
  parents: string[];
  author: string;
  date: UtcTime;
  message: string;
  /** hg: the named branch; null for git. */
  branch: string | null;
  added: string[];
  changed: string[];
  removed: string[];
  /** Whether the message or the paths were cut short. */
  truncated: boolean;
}

/** One ref that the push changed. */
export interface PushedRef {
  /** `other`: a git ref beside branches and tags, by its full name. */
  type: 'branch' | 'tag' | 'bookmark' | 'other';
  name: string;
  /** 40 hex digits; git: of a tag object, where the tag has one. Null: it was not there. */
  old: string | null;
  /** Null: it was deleted. */
  new: string | null;
  created: boolean;
  deleted: boolean;
  /** Whether `new` does not descend from `old`; null when the push changed too many refs to look at each. */
  forced: boolean | null;
  /** What it gained, oldest first: the newest of them, when there are more than `commits` holds. */
  commits: PushedCommit[];
  /** How many it gained; null when the push changed too many refs to look at each. */
  commit_count: number | null;
}

export interface RepoPushed {
  repository: RepositoryRef;
  /** As it is afterwards. */
  repo: RepoShape;
  source: PushSource;
  /** At most 1000 of them; `ref_count` is how many there were. */
  refs: PushedRef[];
  ref_count: number;
}

const rawId: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{40}$' };
const rawIdOrNull: JsonSchema = { anyOf: [rawId, { type: 'null' }] };
const text: JsonSchema = { type: 'string' };
const texts: JsonSchema = { type: 'array', items: text };
const flag: JsonSchema = { type: 'boolean' };
const count: JsonSchema = { type: 'integer', minimum: 0 };

const commitSchema = object({
  raw_id: rawId,
  short_id: text,
  parents: texts,
  author: text,
  date: utcTime,
  message: text,
  branch: { anyOf: [text, { type: 'null' }] },
  added: texts,
  changed: texts,
  removed: texts,
  truncated: flag,
});

const refSchema = object({
  type: { enum: ['branch', 'tag', 'bookmark', 'other'] },
  name: text,
  old: rawIdOrNull,
  new: rawIdOrNull,
  created: flag,
  deleted: flag,
  forced: { anyOf: [flag, { type: 'null' }] },
  commits: { type: 'array', items: commitSchema },
  commit_count: { anyOf: [count, { type: 'null' }] },
});

const OLD_ID = '1b9f3ad6c2e4f5061728394a5b6c7d8e9f001122';
const { raw_id: NEW_ID, short_id, author, date, message } = exampleRepo.last_changeset;

export const repoPushed = defineEvent<'repo.pushed', RepoPushed>({
  type: 'repo.pushed',
  version: 1,
  summary: 'Refs of a repository changed: by a push, a pull from its source or a merge; once for all of them',
  schema: object({
    repository: repositoryRefSchema,
    repo: repoSchema,
    source: sourceSchema,
    refs: { type: 'array', items: refSchema },
    ref_count: count,
  }),
  example: {
    repository: exampleRepository,
    repo: exampleRepo,
    source: 'push',
    refs: [
      {
        type: 'branch',
        name: 'main',
        old: OLD_ID,
        new: NEW_ID,
        created: false,
        deleted: false,
        forced: false,
        commits: [
          {
            raw_id: NEW_ID,
            short_id,
            parents: [OLD_ID],
            author,
            date,
            message,
            branch: null,
            added: [],
            changed: ['src/list.c'],
            removed: [],
            truncated: false,
          },
        ],
        commit_count: 1,
      },
    ],
    ref_count: 1,
  },
});

/** A ref that is new or gone. */
export interface NamedRef {
  name: string;
  /** The commit that it names, or named last. */
  raw_id: string;
}

const namedRefSchema = object({ name: text, raw_id: rawId });
const exampleRef = (name: string): NamedRef => ({ name, raw_id: NEW_ID });

export interface BranchChanged {
  repository: RepositoryRef;
  branch: NamedRef;
  source: PushSource;
}
export interface TagChanged {
  repository: RepositoryRef;
  tag: NamedRef;
  source: PushSource;
}
export interface BookmarkChanged {
  repository: RepositoryRef;
  bookmark: NamedRef;
  source: PushSource;
}

const refEvent = (kind: 'branch' | 'tag' | 'bookmark') =>
  object({ repository: repositoryRefSchema, [kind]: namedRefSchema, source: sourceSchema });

export const branchCreated = defineEvent<'branch.created', BranchChanged>({
  type: 'branch.created',
  version: 1,
  summary: 'A branch is new; in Mercurial a named branch, or one that was reopened',
  schema: refEvent('branch'),
  example: { repository: exampleRepository, branch: exampleRef('exponents'), source: 'push' },
});

export const branchDeleted = defineEvent<'branch.deleted', BranchChanged>({
  type: 'branch.deleted',
  version: 1,
  summary: 'A branch is gone; in Mercurial: all its heads are closed',
  schema: refEvent('branch'),
  example: { repository: exampleRepository, branch: exampleRef('exponents'), source: 'push' },
});

export const tagCreated = defineEvent<'tag.created', TagChanged>({
  type: 'tag.created',
  version: 1,
  summary: 'A tag is new',
  schema: refEvent('tag'),
  example: { repository: exampleRepository, tag: exampleRef('v1.4.0'), source: 'push' },
});

export const tagDeleted = defineEvent<'tag.deleted', TagChanged>({
  type: 'tag.deleted',
  version: 1,
  summary: 'A tag is gone',
  schema: refEvent('tag'),
  example: { repository: exampleRepository, tag: exampleRef('v1.4.0'), source: 'push' },
});

export const bookmarkCreated = defineEvent<'bookmark.created', BookmarkChanged>({
  type: 'bookmark.created',
  version: 1,
  summary: 'A bookmark of a Mercurial repository is new',
  schema: refEvent('bookmark'),
  example: {
    repository: { ...exampleRepository, repo_type: 'hg' },
    bookmark: exampleRef('exponents'),
    source: 'push',
  },
});

export const bookmarkDeleted = defineEvent<'bookmark.deleted', BookmarkChanged>({
  type: 'bookmark.deleted',
  version: 1,
  summary: 'A bookmark of a Mercurial repository is gone',
  schema: refEvent('bookmark'),
  example: {
    repository: { ...exampleRepository, repo_type: 'hg' },
    bookmark: exampleRef('exponents'),
    source: 'push',
  },
});
