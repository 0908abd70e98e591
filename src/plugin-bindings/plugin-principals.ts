import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Principal } from '../rpc/call.js';
import type { PluginManifest } from '../plugin-host/plugin-manifest.js';

// A user who cannot log in: comments and events need an author, and the audit must tell whose doing it was.
const ACCOUNT = `
  WITH made AS (
    INSERT INTO "user" (username, firstname, active, extern_type, extern_name)
    VALUES ($1, $2, false, 'plugin', $2) ON CONFLICT DO NOTHING RETURNING user_id)
  SELECT user_id FROM made UNION ALL SELECT user_id FROM "user" WHERE lower(username) = lower($1)`;

/** A scope of an object that nothing is called like: with it, no other one means no object, and not all of them. */
const NO_OBJECT = 'repo:/';

/** In whose name plugins call methods: `plugin:<id>`, with the rights of a super admin within their capabilities. */
@Injectable()
export class PluginPrincipals {
  private readonly accounts = new Map<string, Promise<number>>();
  /** One list for each manifest and kind of call: what is compiled from a list is kept with it. */
  private readonly scopes = new WeakMap<PluginManifest, Record<'read' | 'write', readonly string[]>>();

  constructor(private readonly db: Database) {}

  /** @param writes whether the call may change the repository that it concerns */
  async of(id: string, manifest: PluginManifest, writes: boolean): Promise<Principal> {
    let scopes = this.scopes.get(manifest);
    if (!scopes) this.scopes.set(manifest, (scopes = scopesFor(manifest)));
    return {
      userId: await this.account(id),
      username: `plugin:${id}`,
      admin: true,
      apiKeyId: null,
      scopes: scopes[writes ? 'write' : 'read'],
      dialect: null,
    };
  }

  private account(id: string): Promise<number> {
    const known = this.accounts.get(id);
    if (known) return known;
    const made = this.make(id);
    this.accounts.set(id, made);
    made.catch(() => this.accounts.delete(id));
    return made;
  }

  private async make(id: string): Promise<number> {
    const [row] = await this.db.query<{ user_id: number }>(ACCOUNT, [`plugin:${id}`, id]);
    // Another process made it between the two halves of the statement
    return row?.user_id ?? this.make(id);
  }
}

function scopesFor({ capabilities }: PluginManifest): Record<'read' | 'write', readonly string[]> {
  const { methods = [], repositories = {} } = capabilities;
  const { read = [], write = [] } = repositories;
  const within = (names: readonly string[]) => [
    ...methods,
    NO_OBJECT,
    ...names.flatMap((glob) => [`repo:${glob}`, `group:${glob}`]),
  ];
  return { read: within([...read, ...write]), write: within(write) };
}
