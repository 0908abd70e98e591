import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database, type Sql } from '../../database/database.js';
import type { RepoType } from '../../vcs/vcs.js';
import { CLONE_URI_TEMPLATE } from './clone-uri-template.js';

/** Topic on the {@link ChangeFeed}: a setting changed. */
export const SETTINGS_TOPIC = 'settings';

/** Settings that are changed at run time and kept in the database; names as Kallithea has them. */
export interface GatewaySettingValues {
  anonymous_access: boolean;
  default_repo_type: RepoType;
  default_repo_private: boolean;
  default_repo_enable_downloads: boolean;
  default_repo_enable_statistics: boolean;
  repository_fields: boolean;
  clone_uri_tmpl: string;
}

/** What holds until somebody sets it; anonymous access is no setting of its own, see {@link GatewaySettings}. */
const DEFAULTS: Omit<GatewaySettingValues, 'anonymous_access'> = {
  default_repo_type: 'hg',
  default_repo_private: false,
  default_repo_enable_downloads: false,
  default_repo_enable_statistics: false,
  repository_fields: false,
  clone_uri_tmpl: CLONE_URI_TEMPLATE,
};

const VALUES = `
  SELECT name, value FROM setting WHERE name = ANY($1)
  UNION ALL SELECT 'anonymous_access', to_jsonb(active) FROM "user" WHERE user_id = ${DEFAULT_USER_ID}`;

/** Anonymous access is one truth with the `active` flag of the user `default`, and is read from there. */
@Injectable()
export class GatewaySettings {
  private readonly cache: CachedLookup<string, GatewaySettingValues>;

  constructor(
    private readonly db: Database,
    feed: ChangeFeed,
  ) {
    this.cache = new CachedLookup(feed, { clearOn: [SETTINGS_TOPIC] });
  }

  async all(): Promise<GatewaySettingValues> {
    return (await this.cache.get('all', () => this.load(this.db))) as GatewaySettingValues;
  }

  /** @param sql a transaction, to see its own changes */
  async load(sql: Sql): Promise<GatewaySettingValues> {
    const rows = await sql.query<{ name: string; value: unknown }>(VALUES, [Object.keys(DEFAULTS)]);
    const stored = Object.fromEntries(rows.map((row) => [row.name, row.value]));
    return { anonymous_access: false, ...DEFAULTS, ...stored };
  }
}
