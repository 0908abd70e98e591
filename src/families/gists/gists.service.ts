import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database, type Tx } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { denied, RpcFault } from '../../rpc/errors.js';
import { gistCreated, gistDeleted, gistUpdated } from '../../sdk/index.js';
import { previousValues } from '../users/previous-values.js';
import { recordedBy } from '../users/recorded-by.js';
import { UsersDirectory } from '../users/users.directory.js';
import { newAccessId } from './access-id.js';
import { checkSize, GistFilesError, readFiles, type FileChanges } from './gist-files.js';
import { ANY_GIST_BY_ID, type GistRecord } from './gist-record.js';
import { toGistShape, toGistView, type GistView } from './gist.view.js';
import { GistsDirectory } from './gists.directory.js';
import type { CreateGistArgs, UpdateGistArgs } from './gists.dto.js';

const INSERT = `
  INSERT INTO gist (gist_id, access_id, gist_type, owner_id, description, expires_at)
  SELECT id, coalesce($1, id::text), $2, $3, $4, CASE WHEN $5::int >= 0 THEN now() + $5 * interval '1 minute' END
  FROM nextval(pg_get_serial_sequence('gist', 'gist_id')) AS id RETURNING gist_id`;

const UPDATE = `
  UPDATE gist SET modified_on = now(), description = coalesce($2, description), expires_at = CASE
    WHEN $3::int = 0 THEN expires_at WHEN $3 > 0 THEN now() + $3 * interval '1 minute' END
  WHERE gist_id = $1`;

const WRITE_FILES = `
  INSERT INTO gist_file (gist_id, filename, content) SELECT $1, * FROM unnest($2::text[], $3::bytea[])
  ON CONFLICT (gist_id, filename) DO UPDATE SET content = excluded.content`;

const REMOVE_FILES = 'DELETE FROM gist_file WHERE gist_id = $1 AND filename = ANY($2) RETURNING filename';

export interface GistAnswer {
  msg: string;
  gist: GistView;
}

@Injectable()
export class GistsService {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly gists: GistsDirectory,
    private readonly users: UsersDirectory,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async create(caller: Caller, args: CreateGistArgs): Promise<GistAnswer> {
    const failure = 'failed to create gist';
    const ownerId = await this.ownerFor(caller, args.owner);
    const files = explained(failure, () => readFiles(args.files, false));
    return this.db.transaction(async (tx) => {
      const accessId = args.gist_type === 'public' ? null : newAccessId();
      const values = [accessId, args.gist_type, ownerId, args.description, args.lifetime];
      const [row] = await tx.query<{ gist_id: number }>(INSERT, values);
      const gistId = (row as { gist_id: number }).gist_id;
      await this.write(tx, gistId, files, failure);
      const gist = await this.load(tx, gistId);
      const data = { gist: toGistShape(gist, this.settings.publicUrl) };
      await this.outbox.record(tx, gistCreated, { ...recordedBy(caller), data });
      return { msg: 'created new gist', gist: this.view(gist) };
    });
  }

  async update(caller: Caller, args: UpdateGistArgs): Promise<GistAnswer> {
    const found = await this.gists.own(caller.principal, args.gistid);
    const failure = `failed to update gist ID:${found.access_id}`;
    const files = explained(failure, () => readFiles(args.files ?? {}, true));
    return this.db.transaction(async (tx) => {
      const before = await this.lock(tx, found, failure);
      await tx.query(UPDATE, [before.gist_id, args.description ?? null, args.lifetime]);
      if (files.size > 0) await this.write(tx, before.gist_id, files, failure);
      const after = await this.load(tx, before.gist_id);
      const gist = toGistShape(after, this.settings.publicUrl);
      const previous = previousValues(toGistShape(before, this.settings.publicUrl), gist);
      if (files.size > 0 || Object.keys(previous).length > 0) {
        const data = { gist, changed_files: [...files.keys()].sort(), previous };
        await this.outbox.record(tx, gistUpdated, { ...recordedBy(caller), data });
      }
      return { msg: `updated gist ID:${after.access_id}`, gist: this.view(after) };
    });
  }

  async delete(caller: Caller, gistid: number | string): Promise<{ msg: string; gist: null }> {
    const found = await this.gists.own(caller.principal, gistid);
    await this.db.transaction(async (tx) => {
      const gist = await this.lock(tx, found, `failed to delete gist ID:${found.access_id}`);
      await tx.query('DELETE FROM gist WHERE gist_id = $1', [gist.gist_id]);
      const data = { gist: toGistShape(gist, this.settings.publicUrl), reason: 'deleted' as const };
      await this.outbox.record(tx, gistDeleted, { ...recordedBy(caller), data });
    });
    return { msg: `deleted gist ID:${found.access_id}`, gist: null };
  }

  /** Nobody makes a gist in another's name but super admins. */
  private async ownerFor({ principal }: Caller, given: number | string | undefined): Promise<number> {
    const owner = await this.users.requireOwn(principal, given).catch((error: unknown) => {
      if (principal.admin) throw error;
      throw denied('hg.admin', 'Only Kallithea admin can specify `owner` param');
    });
    return owner.user_id;
  }

  private async write(tx: Tx, gistId: number, files: FileChanges, failure: string): Promise<void> {
    const kept = [...files].flatMap(([name, content]) => (content === null ? [] : [{ name, content }]));
    const gone = [...files].flatMap(([name, content]) => (content === null ? [name] : []));
    const removed = await tx.query(REMOVE_FILES, [gistId, gone]);
    await tx.query(WRITE_FILES, [gistId, kept.map(({ name }) => name), kept.map(({ content }) => content)]);
    const [size] = await tx.query<{ files: number; bytes: number }>(
      `SELECT count(*)::int AS files, coalesce(sum(octet_length(content)), 0)::int AS bytes
       FROM gist_file WHERE gist_id = $1`,
      [gistId],
    );
    explained(failure, () => {
      if (removed.length < gone.length) throw new GistFilesError('a file that shall go is not there');
      checkSize(size?.files ?? 0, size?.bytes ?? 0);
    });
  }

  /** The gist as it is now; whoever changes it after us waits. */
  private async lock(tx: Tx, { gist_id }: GistRecord, failure: string): Promise<GistRecord> {
    const [row] = await tx.query('SELECT 1 FROM gist WHERE gist_id = $1 FOR UPDATE', [gist_id]);
    if (!row) throw new RpcFault('CONFLICT', failure, { detail: 'the gist was deleted meanwhile' });
    return this.load(tx, gist_id);
  }

  private async load(tx: Tx, gistId: number): Promise<GistRecord> {
    const [gist] = await tx.prepared<GistRecord>('any_gist_by_id', ANY_GIST_BY_ID, [gistId]);
    return gist as GistRecord;
  }

  private view(gist: GistRecord): GistView {
    return toGistView(gist, this.settings.publicUrl);
  }
}

/** Kallithea's text hides what was wrong with the files, so that goes into `detail`. */
function explained<T>(failure: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof GistFilesError) throw new RpcFault('REFUSED', failure, { detail: error.message });
    throw error;
  }
}
