import { Inject, Injectable } from '@nestjs/common';
import { findByIdOrName, ObjectDirectory, type ObjectResolver } from '../../access/object-directory.js';
import { SEALED_COLUMNS } from '../../config/sealed-columns.js';
import { SecretBox } from '../../config/secret-box.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database, type Sql, type Tx } from '../../database/database.js';
import type { RepositoryRef } from '../../sdk/index.js';
import { maskCloneUri } from './clone-uri.js';
import { REPO_BY_ID, REPO_FIRST_OF, REPO_ID_BY_NAME, type RepoRecord } from './repo-record.js';
import { toRepositoryRef, type AddressedRepo } from './repo.view.js';

const { purpose: CLONE_URI_PURPOSE } = SEALED_COLUMNS.cloneUri;

/** Finds repositories by id or full name, from the cache when it is warm. */
@Injectable()
export class ReposDirectory implements ObjectResolver {
  private readonly records: CachedLookup<number, RepoRecord>;
  private readonly ids: CachedLookup<string, number>;

  constructor(
    private readonly db: Database,
    private readonly feed: ChangeFeed,
    private readonly secrets: SecretBox,
    @Inject(SETTINGS) private readonly settings: Settings,
    directory: ObjectDirectory,
  ) {
    this.records = new CachedLookup(feed, { clearOn: ['access', 'settings'], dropOn: ['repo'] });
    this.ids = new CachedLookup(feed, { clearOn: ['access'] });
    directory.register('repo', this);
  }

  find(given: unknown): Promise<RepoRecord | null> {
    return findByIdOrName(this, given);
  }

  byId(id: number): RepoRecord | Promise<RepoRecord | null> {
    return this.records.peek(id) ?? this.records.get(id, () => this.load(this.db, id));
  }

  async byName(name: string): Promise<RepoRecord | null> {
    const id = this.ids.peek(name) ?? (await this.ids.get(name, () => this.idOf(name)));
    return id === null ? null : this.byId(id);
  }

  /** The first of these names that there is a repository of; one query at most. */
  async firstOf(names: readonly string[]): Promise<RepoRecord | null> {
    // Repositories do not lie in each other, so that of the names of one path only one can be there.
    const known = names.find((name) => this.ids.peek(name) !== undefined);
    if (known !== undefined) return this.byName(known);
    const [row] = await this.db.prepared<{ repo_name: string }>('repo_first_of', REPO_FIRST_OF, [names]);
    return row ? this.byName(row.repo_name) : null;
  }

  /** @param sql a transaction, to see its own changes */
  async load(sql: Sql, id: number): Promise<RepoRecord | null> {
    const [row] = await sql.prepared<RepoRecord>('repo_by_id', REPO_BY_ID, [id]);
    return row ?? null;
  }

  async loadExisting(sql: Sql, id: number): Promise<RepoRecord> {
    const repo = await this.load(sql, id);
    if (!repo) throw new Error(`repository ${id} vanished inside a transaction`);
    return repo;
  }

  /**
   * Call in every transaction that changes a repository; names, owners, privacy and rights need `Rights.changed` as well.
   * @param repoId absent: many of them
   */
  changed(tx: Tx, repoId?: number): Promise<void> {
    return this.feed.publish(tx, 'repo', repoId);
  }

  ref(repo: AddressedRepo & Pick<RepoRecord, 'repo_type'>): RepositoryRef {
    return toRepositoryRef(repo, this.settings.publicUrl);
  }

  sealCloneUri(uri: string | null): Buffer | null {
    return uri === null ? null : this.secrets.seal(uri, CLONE_URI_PURPOSE);
  }

  /** With its password; for repository admins and for dialling. */
  cloneUri(repo: Pick<RepoRecord, 'clone_uri_sealed'>): string | null {
    return repo.clone_uri_sealed && this.secrets.open(repo.clone_uri_sealed, CLONE_URI_PURPOSE).toString();
  }

  maskedCloneUri(repo: Pick<RepoRecord, 'clone_uri_sealed'>): string | null {
    const uri = this.cloneUri(repo);
    return uri && maskCloneUri(uri);
  }

  private async idOf(name: string): Promise<number | null> {
    const [row] = await this.db.prepared<{ repo_id: number }>('repo_id_by_name', REPO_ID_BY_NAME, [name]);
    return row?.repo_id ?? null;
  }
}
