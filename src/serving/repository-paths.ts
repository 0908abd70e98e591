import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { RepoRecord } from '../families/repos/repo-record.js';
import { ReposDirectory } from '../families/repos/repos.directory.js';

export interface RepositoryPath {
  readonly repo: RepoRecord;
  /** By its name, and not by its number. */
  readonly isNamed: boolean;
  /** Decoded parts behind its name. */
  readonly rest: readonly string[];
}

/** More parts than any name has; a path may go on behind them. */
const NAME_PARTS = 32;

/** Splits paths of plain HTTP into the name of a repository and the rest. Knows nothing of rights. */
@Injectable()
export class RepositoryPaths {
  private readonly prefix: string;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly repos: ReposDirectory,
  ) {
    this.prefix = new URL(settings.publicUrl).pathname.replace(/\/+$/, '');
  }

  /**
   * Decoded parts of a path, with or without the prefix of the public URL; doubled and trailing slashes do not count.
   * @returns null when it cannot be decoded
   */
  parts(url: string): string[] | null {
    const path = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
    const isPrefixed = this.prefix !== '' && `${path}/`.startsWith(`${this.prefix}/`);
    const own = isPrefixed ? path.slice(this.prefix.length) : path;
    try {
      const parts = own
        .split('/')
        .filter((part) => part !== '')
        .map(decodeURIComponent);
      return parts.some((part) => /[\p{Cc}\p{Surrogate}]/u.test(part)) ? null : parts;
    } catch {
      return null;
    }
  }

  /**
   * The repository that the path names: the longest name that exists, also with `.git` at its end, or `_<repo_id>`. One
   * look into the database at most, none when the name is known.
   */
  async resolve(parts: readonly string[]): Promise<RepositoryPath | null> {
    const [first = ''] = parts;
    const [, id] = /^_(\d{1,10})(?:\.git)?$/.exec(first) ?? [];
    if (id !== undefined) return found(await this.repos.find(Number(id)), parts, 1, false);
    const names = new Map<string, number>();
    for (let length = Math.min(parts.length, NAME_PARTS); length > 0; length -= 1) {
      const name = parts.slice(0, length).join('/');
      names.set(name, length);
      if (name.endsWith('.git')) names.set(name.slice(0, -'.git'.length), length);
    }
    const repo = await this.repos.firstOf([...names.keys()]);
    return found(repo, parts, names.get(repo?.repo_name ?? '') ?? 0, true);
  }
}

const found = (repo: RepoRecord | null, parts: readonly string[], length: number, isNamed: boolean) =>
  repo && { repo, isNamed, rest: parts.slice(length) };
