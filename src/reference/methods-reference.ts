import type { Requirement } from '../rpc/requirement.js';
import type { DeclaredMethod } from './declared-methods.js';

/** `docs/methods.md`. */
export function methodsReference(methods: readonly DeclaredMethod[]): string {
  const families = [...new Set(methods.map((method) => method.family))];
  const sections = families.map((family) => {
    const own = methods.filter((method) => method.family === family);
    return [`## ${family}`, ...own.map(methodSection)].join('\n\n');
  });
  return ['# Methods', GENERATED, ...sections].join('\n\n') + '\n';
}

const GENERATED = 'Generated from the declarations by `npm run generate`; do not edit.';

function methodSection(method: DeclaredMethod): string {
  const lines = [`### ${method.name}`, `${method.summary}.`];
  if (method.deprecated) lines.push(`Deprecated: use \`${method.deprecated}\`.`);
  lines.push(`- **Needs:** ${inWords(method.requires)}`);
  if (method.emits?.length)
    lines.push(`- **Events:** ${method.emits.map(({ type }) => `\`${type}\``).join(', ')}`);
  if (method.args.length > 0) {
    const rows = method.args.map(
      (arg) =>
        `| \`${arg.name}\` | ${typeOf(arg.schema)} | ${arg.required ? 'yes' : 'no'} | ${cell(arg.description)} |`,
    );
    lines.push(['| argument | type | required | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'));
  } else {
    lines.push('- **Arguments:** none');
  }
  return lines.join('\n\n').replaceAll('\n\n- ', '\n- ').replace('.\n- ', '.\n\n- ');
}

function inWords(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'public':
      return 'nothing';
    case 'authenticated':
      return 'any valid API key';
    case 'superAdmin':
      return 'super admin (`hg.admin`)';
    case 'global':
      return `\`${requirement.permission}\``;
    case 'object':
      return `${requirement.level} on ${OBJECT_WORDS[requirement.object]} \`${requirement.arg}\``;
    case 'service':
      return requirement.rule;
    case 'anyOf':
      return requirement.of.map(inWords).join(', or ');
    case 'allOf':
      return requirement.of.map(inWords).join(', and ');
  }
}

const OBJECT_WORDS = {
  repo: 'the repository',
  repoGroup: 'the repository group',
  userGroup: 'the user group',
};

/** Without null, which stands for "not given" and is said by the column `required`. */
function typeOf(schema: Record<string, unknown>): string {
  const [first] = (schema.anyOf ?? []) as Record<string, unknown>[];
  if (first) return typeOf(first);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' ');
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type ?? 'any']) as string[];
  return types.filter((type) => type !== 'null').join(' or ');
}

const cell = (text: string) => text.replaceAll('|', '\\|');
