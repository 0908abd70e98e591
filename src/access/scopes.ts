import picomatch from 'picomatch';
import type { Principal } from '../rpc/call.js';
import { READING_METHODS } from '../rpc/reading-methods.js';

/** What git and Mercurial clients do; no method has these names. */
export type ClientOperation = 'fetch' | 'push';

const READING = [...READING_METHODS, 'show_ip', 'fetch'];
const OBJECT_SCOPE = /^(repo|group):(.+)$/;
/** A glob that lets through, with a name, whatever lies below it. One that takes something away may not. */
const WITH_ALL_BELOW = /^[^!]*(?<![^/])\*\*$/s;

type Match = (text: string) => boolean;

/**
 * What a key may do beside its user's rights. Scopes are texts:
 *
 * - `read`: methods that change nothing;
 * - a method name or glob: `create_repo`, `get_*`; `fetch` and `push` stand for git and Mercurial clients;
 * - `repo:<glob>` and `group:<glob>`: only these objects (`repo:infra/**`).
 *
 * Kinds are joined by "and", scopes of one kind by "or". A key with object scopes may call methods that
 * concern no such object only when a method scope names them.
 */
export class Scopes {
  private readonly methods: Match | null;
  private readonly objects: Record<'repo' | 'group', Match | null>;
  private readonly wholes: Record<'repo' | 'group', Match | null>;

  constructor(readonly texts: readonly string[]) {
    const methods = texts.filter((text) => !OBJECT_SCOPE.test(text));
    // No scope at all is not the absence of limits: that is null, and has no `Scopes`.
    this.methods =
      texts.length === 0
        ? () => false
        : matcher(methods.flatMap((text) => (text === 'read' ? READING : [text])));
    const globs = (kind: string) =>
      texts.flatMap((text) => {
        const [, found, glob] = OBJECT_SCOPE.exec(text) ?? [];
        return found === kind && glob ? [glob] : [];
      });
    const [repo, group] = [globs('repo'), globs('group')];
    const whole = (all: readonly string[]) => matcher(all.filter((glob) => WITH_ALL_BELOW.test(glob)));
    this.objects = { repo: matcher(repo), group: matcher(group) };
    this.wholes = { repo: whole(repo), group: whole(group) };
  }

  get limitObjects(): boolean {
    return this.objects.repo !== null || this.objects.group !== null;
  }

  /** @returns null when allowed, else the scope that is missing */
  missingForMethod(method: string, concernsObject: boolean): string | null {
    if (this.methods) return this.methods(method) ? null : method;
    return this.limitObjects && !concernsObject ? method : null;
  }

  allowsObject(kind: 'repo' | 'group', name: string): boolean {
    if (!this.limitObjects) return true;
    return this.objects[kind]?.(name) ?? false;
  }

  /**
   * Whether everything that lies in a repository group, now or later, is let through by a glob that ends with `**`.
   * What else may be said by globs together is not found out.
   */
  allowsAllBelow(kind: 'repo' | 'group', groupName: string): boolean {
    if (!this.limitObjects) return true;
    return this.wholes[kind]?.(groupName) ?? false;
  }

  static isValid(text: string): boolean {
    return /^[a-z0-9_.*?]+$/.test(text) || /^(repo|group):[^\s\0]+$/.test(text);
  }
}

const compiled = new WeakMap<readonly string[], Scopes>();

/** Null: the user's full rights. */
export function scopesOf({ scopes }: Principal): Scopes | null {
  if (scopes === null) return null;
  let known = compiled.get(scopes);
  if (!known) compiled.set(scopes, (known = new Scopes(scopes)));
  return known;
}

function matcher(globs: readonly string[]): Match | null {
  return globs.length === 0 ? null : picomatch([...globs], { dot: true });
}
