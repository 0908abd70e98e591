import type { RepositoryRef, RepoShape } from '../../sdk/index.js';
import { localDateTime, localSeconds, utc } from '../../rpc/wire-date.js';
import { cloneUrl } from '../settings/clone-uri-template.js';
import type { RepoRecord, StoredChangeset } from './repo-record.js';

const NO_CHANGESET: StoredChangeset = {
  raw_id: '0'.repeat(40),
  revision: -1,
  message: '',
  author: '',
  date: 0,
};

export function changesetView(stored: StoredChangeset | null, date: (value: Date) => string) {
  const changeset = stored ?? NO_CHANGESET;
  return {
    short_id: changeset.raw_id.slice(0, 12),
    raw_id: changeset.raw_id,
    revision: changeset.revision,
    message: changeset.message,
    date: date(new Date(changeset.date * 1000)),
    author: changeset.author,
  };
}

function landingParts(landingRev: string): [string, string] {
  const [type = 'rev', name] = landingRev.split(':');
  return name === undefined ? ['rev', type] : [type, name];
}

/** @param cloneUri in clear for repository admins, masked for everybody else */
export function toRepoView(repo: RepoRecord, cloneUri: string | null) {
  return {
    repo_id: repo.repo_id,
    repo_name: repo.repo_name,
    repo_type: repo.repo_type,
    clone_uri: cloneUri,
    private: repo.private,
    created_on: localDateTime(repo.created_on),
    description: repo.description,
    landing_rev: landingParts(repo.landing_rev),
    owner: repo.owner,
    fork_of: repo.fork_of,
    enable_statistics: repo.enable_statistics,
    enable_downloads: repo.enable_downloads,
    last_changeset: changesetView(repo.last_changeset, localSeconds),
    ...(repo.extra_fields && exFields(repo.extra_fields)),
  };
}

type ExFields = Record<`ex_${string}`, string>;

function exFields(fields: Record<string, string>): ExFields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [`ex_${key}`, value]));
}

export type RepoView = ReturnType<typeof toRepoView>;

/** The same for events: times in UTC. @param maskedCloneUri without its password */
export function toRepoShape(repo: RepoRecord, maskedCloneUri: string | null): RepoShape {
  return {
    ...toRepoView(repo, maskedCloneUri),
    created_on: utc(repo.created_on),
    enable_locking: repo.enable_locking,
    last_changeset: changesetView(repo.last_changeset, utc),
  };
}

/** What an address of a repository is made of. */
export type AddressedRepo = Pick<RepoRecord, 'repo_id' | 'repo_name' | 'clone_uri_tmpl'>;

/** Where its page is. */
export const pageUrl = ({ repo_name }: Pick<RepoRecord, 'repo_name'>, publicUrl: string): string =>
  `${publicUrl}/${repo_name.split('/').map(encodeURIComponent).join('/')}`;

export function toRepositoryRef(
  repo: AddressedRepo & Pick<RepoRecord, 'repo_type'>,
  publicUrl: string,
): RepositoryRef {
  return {
    repo_id: repo.repo_id,
    repo_name: repo.repo_name,
    repo_type: repo.repo_type,
    url: pageUrl(repo, publicUrl),
    clone_url: cloneUrl(repo.clone_uri_tmpl, repo, publicUrl),
  };
}
