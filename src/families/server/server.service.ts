import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { platform, release } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { VersionControl } from '../../vcs/vcs.js';
import { UserNetworksService } from '../users/user-networks.service.js';
import { UsersDirectory } from '../users/users.directory.js';
import { FORGEGATE_VERSION } from '../../config/version.js';

/** What clients of Kallithea read as the server's version: the behaviour that is answered. */
const KALLITHEA_VERSION = '0.7.0';
const MODULES = ['@nestjs/core', '@nestjs/microservices', 'class-validator', 'pg', 'typeorm', 'undici'];

@Injectable()
export class ServerService {
  private readonly modules = MODULES.map((name) => [name, versionOf(name)]);

  constructor(
    private readonly networks: UserNetworksService,
    private readonly users: UsersDirectory,
    private readonly vcs: VersionControl,
  ) {}

  /** The caller's address as the gateway sees it, and the networks a user is limited to. */
  async ip(caller: Caller, given?: number | string) {
    const user = await this.users.require(given ?? caller.principal.userId);
    return { server_ip_addr: caller.ip, user_ips: await this.networks.list(user.user_id) };
  }

  async info() {
    const git = await this.vcs.backend('git').version();
    const hg = await this.vcs.backend('hg').version();
    return {
      modules: this.modules,
      py_version: `none (Node.js ${process.version})`,
      platform: `${platform()} ${release()}`,
      kallithea_version: KALLITHEA_VERSION,
      git_version: git.version ?? 'None',
      git_path: 'git',
      hg_version: hg.version ?? 'None',
      forgegate_version: FORGEGATE_VERSION,
    };
  }
}

/** Read from the package itself: `exports` of some packages hides their package.json from `require`. */
function versionOf(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return (JSON.parse(readFileSync(`${path}/${name}/package.json`, 'utf8')) as { version: string })
        .version;
    } catch {
      // not in this folder
    }
  }
  return 'unknown';
}
