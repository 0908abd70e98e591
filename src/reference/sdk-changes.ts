import semver from 'semver';

/** The plugin API of one version. */
export interface SdkApi {
  readonly version: string;
  /** Lines of the declaration by name, as the reports of docs/sdk have them. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
  /** Since when, by name, for exports that are on their way out. */
  readonly deprecated: Readonly<Record<string, string>>;
}

const DECLARATION =
  /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|class|interface|type|enum) (\w+)/m;
const DEPRECATION = /@deprecated since (\d+\.\d+\.\d+)(?:(?!\*\/)[^])*\*\/\s*export (?:declare )?\w+ (\w+)/g;
/** How long what is deprecated works, in minor versions after the one that deprecated it. */
const LIVES_MINORS = 2;

/**
 * @param reports texts of docs/sdk/*.api.md; of all but the first only what is exported, for the rest is that of the first
 * @param sources texts of the declaration files
 */
export function sdkApi(version: string, reports: readonly string[], sources: readonly string[]): SdkApi {
  const exports: Record<string, string[]> = {};
  for (const [index, report] of reports.entries()) {
    const [, code = ''] = report.replaceAll('\r', '').split(/^```(?:ts)?$/m);
    for (const block of code.split(/\n\n+/)) {
      const [found, name] = DECLARATION.exec(block) ?? [];
      if (
        !found ||
        name === undefined ||
        name === 'SDK_VERSION' ||
        (index > 0 && !found.startsWith('export '))
      )
        continue;
      const lines = block.split('\n').map((line) => line.trim());
      exports[name] = [...(exports[name] ?? []), ...lines.filter((line) => line && !line.startsWith('//'))];
    }
  }
  const deprecated = sources.flatMap((text) =>
    [...text.matchAll(DEPRECATION)].map(([, since = '', name = '']) => [name, since] as const),
  );
  return { version, exports, deprecated: Object.fromEntries(deprecated) };
}

/**
 * What is wrong with a change of the plugin API; nothing when its version and the changelog moved with it.
 * @param released what authors have
 * @param told the lines for authors in the changelog; `(compatible: name)` there says that a changed declaration breaks nobody
 */
export function sdkProblems(released: SdkApi, now: SdkApi, told: string): string[] {
  const before = Object.keys(released.exports);
  const removed = before.filter((name) => !now.exports[name]);
  const lost = before.filter((name) => now.exports[name] && !isWithin(released, now, name));
  const changed = lost.filter((name) => !told.includes(`(compatible: ${name})`));
  const added = Object.keys(now.exports).filter((name) => !released.exports[name]);
  const grown = before.filter(
    (name) => isWithin(released, now, name) && now.exports[name]?.length !== released.exports[name]?.length,
  );
  const breaking = [...removed, ...changed];
  const any = [...breaking, ...lost, ...added, ...grown];
  const least = leastVersion(released.version, breaking.length > 0, any.length > 0);
  const problems = removed.flatMap((name) => removalProblem(released, name));
  if (semver.lt(now.version, least)) {
    const words = Object.entries({ removed, changed, added, grown }).filter(([, names]) => names.length > 0);
    const changes = words.map(([word, names]) => `${word}: ${names.join(', ')}`).join('; ');
    problems.push(
      `the plugin API is not that of ${released.version} any more (${changes}): SDK_VERSION must be ${least} or later`,
    );
  }
  if (any.length > 0 && !told.includes(`SDK ${now.version}`))
    problems.push(`no line for plugin authors in CHANGELOG.md begins with SDK ${now.version}`);
  for (const name of breaking)
    if (!told.includes(`\`${name}\``))
      problems.push(`no line for plugin authors in CHANGELOG.md names \`${name}\`, which they may use`);
  return problems;
}

/** Whether all that was declared still is, in its order; members may have come to it. */
function isWithin(released: SdkApi, now: SdkApi, name: string): boolean {
  const lines = now.exports[name] ?? [];
  let at = 0;
  return (released.exports[name] ?? []).every((line) => {
    at = lines.indexOf(line, at) + 1;
    return at > 0;
  });
}

/** Below 1.0 a minor may break. */
function leastVersion(version: string, isBreaking: boolean, isChange: boolean): string {
  if (!isChange) return version;
  return semver.inc(version, isBreaking && semver.major(version) > 0 ? 'major' : 'minor') ?? version;
}

function removalProblem({ version, deprecated }: SdkApi, name: string): string[] {
  const since = deprecated[name];
  if (since === undefined)
    return [`${name} is removed: it must be @deprecated first, for two minor versions`];
  const { major, minor } = semver.parse(since) as semver.SemVer;
  const last = `${major}.${minor + LIVES_MINORS}.0`;
  return semver.lt(version, last)
    ? [`${name} is removed: it is @deprecated since ${since} and has to work until ${last} was released`]
    : [];
}
