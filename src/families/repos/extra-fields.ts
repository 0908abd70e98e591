import { Injectable } from '@nestjs/common';
import { doesNotExist } from '../../access/object-directory.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, notFound, RpcFault } from '../../rpc/errors.js';
import { repoUpdated } from '../../sdk/index.js';
import { extraFieldsOf, fieldKeyFault, MAX_EXTRA_FIELDS, type ExtraField } from './extra-field-record.js';
import type { CreateExtraFieldArgs, ExtraFieldArgs, UpdateExtraFieldArgs } from './extra-fields.dto.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

export interface Changed {
  msg: string;
  success: true;
}

/** Fields of a repository that its administrators made up; `get_repo` shows them while `repository_fields` is on. */
@Injectable()
export class ExtraFields {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly events: RepoEvents,
  ) {}

  list(repo: RepoRecord): Promise<ExtraField[]> {
    return extraFieldsOf(this.db, repo.repo_id);
  }

  async create(
    caller: Caller,
    repo: RepoRecord,
    args: CreateExtraFieldArgs,
  ): Promise<Changed & { field: ExtraField }> {
    const { repoid, field_key: key } = args;
    const failure = (detail: string) =>
      new RpcFault('REFUSED', `failed to create new field for repository \`${repoid}\``, { detail });
    const fault = fieldKeyFault(key);
    if (fault) throw failure(`the key ${fault}`);
    const field = await this.change(caller, repo, key, async (tx, present) => {
      if (present.some((each) => each.field_key === key))
        throw conflict(`Field with key \`${key}\` exists for repo \`${repoid}\``);
      if (present.length >= MAX_EXTRA_FIELDS) throw failure(`it has ${MAX_EXTRA_FIELDS} fields already`);
      const created = {
        field_key: key,
        field_label: args.field_label || key,
        field_desc: args.field_desc,
        field_value: args.field_value,
      };
      await tx.query(
        `INSERT INTO repo_extra_field (repo_id, field_key, field_label, field_desc, field_value)
         VALUES ($1, $2, $3, $4, $5)`,
        [repo.repo_id, key, created.field_label, created.field_desc, created.field_value],
      );
      return created;
    });
    return { msg: `Added new repository field \`${key}\``, success: true, field };
  }

  async update(
    caller: Caller,
    repo: RepoRecord,
    args: UpdateExtraFieldArgs,
  ): Promise<Changed & { field: ExtraField }> {
    const { field_key: key } = args;
    const field = await this.change(caller, repo, key, async (tx, present) => {
      const before = this.existing(present, args);
      const after = {
        field_key: key,
        field_label: args.field_label ?? before.field_label,
        field_desc: args.field_desc ?? before.field_desc,
        field_value: args.field_value ?? before.field_value,
      };
      await tx.query(
        `UPDATE repo_extra_field SET field_label = $3, field_desc = $4, field_value = $5
         WHERE repo_id = $1 AND field_key = $2`,
        [repo.repo_id, key, after.field_label, after.field_desc, after.field_value],
      );
      return after;
    });
    return { msg: `Updated repository field \`${key}\``, success: true, field };
  }

  async delete(caller: Caller, repo: RepoRecord, args: ExtraFieldArgs): Promise<Changed> {
    const { field_key: key } = args;
    await this.change(caller, repo, key, async (tx, present) => {
      this.existing(present, args);
      await tx.query('DELETE FROM repo_extra_field WHERE repo_id = $1 AND field_key = $2', [
        repo.repo_id,
        key,
      ]);
    });
    return { msg: `Deleted repository field \`${key}\``, success: true };
  }

  private existing(present: readonly ExtraField[], { repoid, field_key: key }: ExtraFieldArgs): ExtraField {
    const found = present.find((each) => each.field_key === key);
    if (!found) throw notFound(`Field with key \`${key}\` does not exists for repo \`${repoid}\``);
    return found;
  }

  /** Tells of it only when the field's value changed where others see it: as `ex_<key>` of the repository. */
  private change<T>(
    caller: Caller,
    { repo_id: repoId, repo_name: name }: RepoRecord,
    key: string,
    work: (tx: Tx, present: readonly ExtraField[]) => Promise<T>,
  ): Promise<T> {
    return this.db.transaction(async (tx) => {
      const [found] = await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repoId]);
      if (!found) throw doesNotExist('repo', name);
      const before = await this.repos.loadExisting(tx, repoId);
      const result = await work(tx, await extraFieldsOf(tx, repoId));
      await this.repos.changed(tx, repoId);
      const after = await this.repos.loadExisting(tx, repoId);
      const previous = before.extra_fields?.[key] ?? null;
      if (previous !== (after.extra_fields?.[key] ?? null)) {
        await this.events.record(tx, repoUpdated, caller, after, {
          repo: this.events.shape(after),
          previous: { [`ex_${key}`]: previous },
        });
      }
      return result;
    });
  }
}
