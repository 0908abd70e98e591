import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { WorkTree } from '../harness/repositories.js';
import { WatchedPrograms } from './watched-programs.js';

/** Stands in every value of an attacker, and nowhere else. */
export const MARK = 'f0rgeattack';

/** A gateway under attack: what it starts and what it leaves in the file system are watched. */
export class Target {
  readonly programs = new WatchedPrograms();
  /** Nobody has a reason to write here. */
  readonly outside = mkdtempSync(join(tmpdir(), 'forgegate-outside-'));
  /** The file that an attack would make. */
  readonly proof = join(this.outside, MARK);
  private readonly homeBefore: string[];

  private constructor(readonly gateway: TestGateway) {
    this.homeBefore = this.home();
  }

  static async start(env?: Record<string, string>): Promise<Target> {
    return new Target(await startTestGateway(env));
  }

  /** What an attacker writes where a name, a revision, a path, an address or a text is expected. */
  get values(): readonly string[] {
    const { proof, outside } = this;
    return [
      `--output=${proof}`,
      `--upload-pack=touch ${proof}`,
      `--config=alias.log=!touch ${proof}`,
      `-oProxyCommand=touch ${proof}`,
      `ext::sh -c touch% ${proof}`,
      `file://${outside}/${MARK}.git`,
      `../../../../../../..${proof}`,
      `x'$(touch ${proof})\`touch ${proof}\`|touch ${proof};`,
      `${MARK}\n--output=${proof}`,
    ];
  }

  /** A repository with two commits on its first branch, one more on `feature`, and the ids of the first two. */
  async repository(repo_name: string, type: 'git' | 'hg'): Promise<{ repo_id: number; ids: string[] }> {
    const { gateway } = this;
    await gateway.call('create_repo', { repo_name, repo_type: type, enable_downloads: true });
    const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: repo_name });
    const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, repo_name));
    const ids = [tree.commit('a.txt', 'one\n', 'First'), tree.commit('a.txt', 'two\n', 'Second')];
    tree.push();
    tree.branch('feature');
    tree.commit('b.txt', 'three\n', 'Third');
    tree.push();
    tree.remove();
    return { repo_id, ids };
  }

  /** What the attacks reached since the last look; empty when nothing. */
  damage(): string[] {
    const found = this.programs.optionsWith(MARK);
    if (existsSync(this.proof)) found.push(`${this.proof} was made`);
    found.push(...readdirSync(this.outside).map((name) => `${name} was made outside of the root`));
    const before = new Set(this.homeBefore);
    found.push(...this.home().flatMap((name) => (before.has(name) ? [] : [`${name} was made in the home`])));
    return found;
  }

  /** Whether a text that somebody is shown tells of the server's inside. */
  leaks(text: string): boolean {
    const { home, repoRoot } = this.gateway.settings;
    return [home, repoRoot, '.js:', '.ts:', 'node_modules', 'Traceback', 'SELECT '].some((inside) =>
      text.includes(inside),
    );
  }

  async close(): Promise<void> {
    this.programs.stop();
    await this.gateway.close();
    rmSync(this.outside, { recursive: true, force: true });
  }

  private home(): string[] {
    return readdirSync(this.gateway.settings.home);
  }
}
