import type { RepositoryRef } from './contract.js';
import { defineEvent } from './contract.js';
import type { ChangesetSummary, RepoShape, UtcTime } from './shapes.js';
import {
  changesetSummarySchema,
  exampleRepo,
  exampleRepository,
  object,
  repoSchema,
  repositoryRefSchema,
  userRefSchema,
  utcTime,
} from './shapes.js';
import type { UserRef } from './user.events.js';

export interface RepoCreated {
  repository: RepositoryRef;
  repo: RepoShape;
  /** How it came to be: a call, a fork, or a directory found on disk. */
  source: 'api' | 'fork' | 'rescan';
}

export const repoCreated = defineEvent<'repo.created', RepoCreated>({
  type: 'repo.created',
  version: 1,
  summary: 'A repository was created',
  schema: object({
    repository: repositoryRefSchema,
    repo: repoSchema,
    source: { enum: ['api', 'fork', 'rescan'] },
  }),
  example: { repository: exampleRepository, repo: exampleRepo, source: 'api' },
});

/** The members of a repository that changed, with the values they had before; null for an extra field that is new. */
export type PreviousRepo = Partial<Omit<RepoShape, `ex_${string}`>> & {
  [extraField: `ex_${string}`]: string | null;
};

export interface RepoUpdated {
  repository: RepositoryRef;
  repo: RepoShape;
  previous: PreviousRepo;
}

export const repoUpdated = defineEvent<'repo.updated', RepoUpdated>({
  type: 'repo.updated',
  version: 1,
  summary: 'Settings of a repository changed, its name included',
  schema: object({
    repository: repositoryRefSchema,
    repo: repoSchema,
    previous: {
      ...repoSchema,
      required: [],
      patternProperties: { '^ex_': { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    },
  }),
  example: {
    repository: exampleRepository,
    repo: exampleRepo,
    previous: { repo_name: 'sandbox/parser', description: '' },
  },
});

export interface RepoDeleted {
  repository: RepositoryRef;
  /** As it was just before. */
  repo: RepoShape;
}

export const repoDeleted = defineEvent<'repo.deleted', RepoDeleted>({
  type: 'repo.deleted',
  version: 1,
  summary: 'A repository was deleted; the last event of its own subscriptions',
  schema: object({ repository: repositoryRefSchema, repo: repoSchema }),
  example: { repository: exampleRepository, repo: exampleRepo },
});

export interface RepoPulled {
  repository: RepositoryRef;
  repo: RepoShape;
  previous: { last_changeset: ChangesetSummary };
}

export const repoPulled = defineEvent<'repo.pulled', RepoPulled>({
  type: 'repo.pulled',
  version: 1,
  summary: 'A repository fetched from its remote (the `pull` method finished)',
  schema: object({
    repository: repositoryRefSchema,
    repo: repoSchema,
    previous: object({ last_changeset: changesetSummarySchema }),
  }),
  example: {
    repository: exampleRepository,
    repo: { ...exampleRepo, clone_uri: 'https://git.example.org/parser.git' },
    previous: {
      last_changeset: {
        ...exampleRepo.last_changeset,
        short_id: '1b9f3ad6c2e4',
        raw_id: '1b9f3ad6c2e4f5061728394a5b6c7d8e9f001122',
        revision: 117,
        message: 'Read comments',
      },
    },
  },
});

export interface RepoFetched {
  repository: RepositoryRef;
}

export const repoFetched = defineEvent<'repo.fetched', RepoFetched>({
  type: 'repo.fetched',
  version: 1,
  summary:
    'A git or Mercurial client cloned or fetched; only for webhooks that name this event, `*` leaves it out',
  optIn: true,
  schema: object({ repository: repositoryRefSchema }),
  example: { repository: exampleRepository },
});

/** Belongs to the repository that was forked; the fork itself also gets a `repo.created` with `source: fork`. */
export interface RepoForked {
  repository: RepositoryRef;
  /** The new fork. */
  repo: RepoShape;
}

export const repoForked = defineEvent<'repo.forked', RepoForked>({
  type: 'repo.forked',
  version: 1,
  summary: 'A repository was forked: `repository` is the original, `repo` the new fork',
  schema: object({ repository: repositoryRefSchema, repo: repoSchema }),
  example: {
    repository: exampleRepository,
    repo: {
      ...exampleRepo,
      repo_id: 57,
      repo_name: 'users/grace/parser',
      owner: 'grace',
      fork_of: 'tools/parser',
    },
  },
});

/** Who holds a repository for himself. */
export interface RepoLockShape {
  locked_by: UserRef;
  locked_since: UtcTime;
  /** `lock_api`: by the `lock` method; `lock_pull`: by pulling while `enable_locking` is on. */
  lock_reason: 'lock_api' | 'lock_pull';
}

const lockSchema = object({
  locked_by: userRefSchema,
  locked_since: utcTime,
  lock_reason: { enum: ['lock_api', 'lock_pull'] },
});

const exampleLock: RepoLockShape = {
  locked_by: { user_id: 12, username: 'grace' },
  locked_since: '2026-03-06T09:00:12.250Z',
  lock_reason: 'lock_api',
};

export interface RepoLocked {
  repository: RepositoryRef;
  repo: RepoShape;
  lock: RepoLockShape;
}

export const repoLocked = defineEvent<'repo.locked', RepoLocked>({
  type: 'repo.locked',
  version: 1,
  summary: 'A repository was locked: until it is unlocked, only one user may push',
  schema: object({ repository: repositoryRefSchema, repo: repoSchema, lock: lockSchema }),
  example: { repository: exampleRepository, repo: exampleRepo, lock: exampleLock },
});

export interface RepoUnlocked {
  repository: RepositoryRef;
  repo: RepoShape;
  /** The lock that is gone. */
  previous: { lock: RepoLockShape };
}

export const repoUnlocked = defineEvent<'repo.unlocked', RepoUnlocked>({
  type: 'repo.unlocked',
  version: 1,
  summary: 'A repository was unlocked; when an administrator took the lock over, `repo.locked` follows',
  schema: object({
    repository: repositoryRefSchema,
    repo: repoSchema,
    previous: object({ lock: lockSchema }),
  }),
  example: { repository: exampleRepository, repo: exampleRepo, previous: { lock: exampleLock } },
});

/** The end of work that did not come to its end: making a repository, forking, pulling. */
export interface RepoFailed {
  /** What was to be made or changed; what was to be made is gone. */
  repository: RepositoryRef;
  repo: RepoShape;
  operation: 'create_repo' | 'fork_repo' | 'pull';
  job_id: number;
  /** Whether somebody wanted it so. */
  cancelled: boolean;
  /** As the method refused it. */
  error: string;
  /** Why, where `error` does not say it. */
  detail: string | null;
}

export const repoFailed = defineEvent<'repo.failed', RepoFailed>({
  type: 'repo.failed',
  version: 1,
  summary: 'Making, forking or pulling a repository failed or was cancelled',
  schema: object({
    repository: repositoryRefSchema,
    repo: repoSchema,
    operation: { enum: ['create_repo', 'fork_repo', 'pull'] },
    job_id: { type: 'integer', minimum: 1 },
    cancelled: { type: 'boolean' },
    error: { type: 'string' },
    detail: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  }),
  example: {
    repository: exampleRepository,
    repo: { ...exampleRepo, clone_uri: 'https://git.example.org/parser.git' },
    operation: 'pull',
    job_id: 318,
    cancelled: false,
    error: 'Unable to pull changes from `tools/parser`',
    detail: 'the source cannot be reached',
  },
});
