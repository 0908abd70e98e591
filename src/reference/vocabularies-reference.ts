import { olderTargets } from '../rpc/aliases.js';
import { VOCABULARIES, type PrintedDialect, type Vocabulary } from '../rpc/vocabularies.js';
import type { DeclaredMethod } from './declared-methods.js';
import { linkTo } from './markdown.js';

const TITLES: Readonly<Record<PrintedDialect, string>> = {
  'rhodecode-1.3': 'RhodeCode 1.3 (2011)',
  'kallithea-2014': 'Kallithea 2014',
  'kallithea-2016': 'Kallithea 2016, an excerpt',
  'kallithea-2019': 'Kallithea 2019',
};

const BEGIN = '<!-- vocabularies: written by `npm run generate` -->';
const END = '<!-- vocabularies: end -->';

/** @param page text of `docs/compatibility.md`, where the tables stand between two marks @returns it with today's tables */
export function withVocabularies(page: string, methods: readonly DeclaredMethod[]): string {
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`no place for the vocabularies: ${BEGIN}`);
  return `${before}${BEGIN}\n\n${vocabularies(methods)}\n\n${END}${after}`;
}

/** Every method of the printed documents: what it is called today, and the test that proves it works as printed. */
function vocabularies(methods: readonly DeclaredMethod[]): string {
  const tables = (Object.keys(TITLES) as PrintedDialect[]).flatMap((dialect) => [
    `### ${TITLES[dialect]}: \`${dialect}\``,
    table(dialect, VOCABULARIES[dialect], methods),
  ]);
  return ['<!-- prettier-ignore-start -->', ...tables, '<!-- prettier-ignore-end -->'].join('\n\n');
}

function table(dialect: PrintedDialect, vocabulary: Vocabulary, methods: readonly DeclaredMethod[]): string {
  const rows = Object.entries(vocabulary).map(([printed, args]) => {
    const targets = todaysMethods(printed, methods);
    const names = targets.map(({ name }) => linkTo(name, 'methods.md')).join(' or ');
    const spelled = args.map((arg) => argument(arg, targets)).join(', ');
    return `| \`${printed}\` | ${spelled} | ${names} | [\`${printed}\`](../test/dialects/${dialect}.test.ts) |`;
  });
  return ['| as printed | arguments | today | proved by |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function todaysMethods(printed: string, methods: readonly DeclaredMethod[]): DeclaredMethod[] {
  const pair = olderTargets(printed);
  const found = methods.filter(({ name, aliases }) =>
    pair ? pair.includes(name) : name === printed || aliases.includes(printed),
  );
  if (found.length === 0) throw new Error(`no method answers to ${printed}`);
  return found;
}

/** With today's name behind it where that is another one. */
function argument(printed: string, targets: readonly DeclaredMethod[]): string {
  const today = targets
    .flatMap(({ args }) => args)
    .find(({ name, aliases }) => name === printed || aliases.includes(printed));
  if (!today) throw new Error(`\`${targets[0]?.name ?? ''}\` takes no \`${printed}\``);
  return today.name === printed ? `\`${printed}\`` : `\`${printed}\` (\`${today.name}\`)`;
}
