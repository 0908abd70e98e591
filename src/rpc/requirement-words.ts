import type { Requirement } from './requirement.js';

export function requirementInWords(requirement: Requirement): string {
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
      return requirement.of.map(requirementInWords).join(', or ');
    case 'allOf':
      return requirement.of.map(requirementInWords).join(', and ');
  }
}

const OBJECT_WORDS = {
  repo: 'the repository',
  repoGroup: 'the repository group',
  userGroup: 'the user group',
};
