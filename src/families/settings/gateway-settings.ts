import { Injectable } from '@nestjs/common';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database } from '../../database/database.js';
import type { RepoType } from '../../vcs/vcs.js';

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

const DEFAULTS: GatewaySettingValues = {
  anonymous_access: false,
  default_repo_type: 'hg',
  default_repo_private: false,
  default_repo_enable_downloads: false,
  default_repo_enable_statistics: false,
  repository_fields: false,
  clone_uri_tmpl: '{scheme}://{netloc}/{repo}',
};

@Injectable()
export class GatewaySettings {
  private readonly cache: CachedLookup<string, GatewaySettingValues>;

  constructor(
    private readonly db: Database,
    feed: ChangeFeed,
  ) {
    this.cache = new CachedLookup(feed, { clearOn: ['settings'] });
  }

  async all(): Promise<GatewaySettingValues> {
    const values = await this.cache.get('all', async () => {
      const rows = await this.db.query<{ name: string; value: unknown }>('SELECT name, value FROM setting');
      return { ...DEFAULTS, ...Object.fromEntries(rows.map((row) => [row.name, row.value])) };
    });
    return values ?? DEFAULTS;
  }
}
