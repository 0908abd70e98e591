import { allow, definePlugin, globMatcher, refuse, type PolicyCommit } from 'forgegate/sdk';

export interface Settings {
  pattern: string;
  hint: string;
  repositories: string[];
}

/** More would push the hint off the screen. */
const MOST_SHOWN = 5;
const LONGEST_LINE = 72;
/** A pattern sees no more of a line than this, so that no message can keep it busy for long. */
const LONGEST_SUBJECT = 500;

export default definePlugin<Settings>({
  setup(ctx) {
    const rule = ruleOf(ctx.config);

    ctx.policy({ actions: ['push'], onFailure: 'closed' }, ({ repository, commits = [] }) => {
      if (!rule || !rule.concerns(repository.repo_name)) return allow();
      const { pattern, hint } = rule;
      const wrong = commits.filter(({ message }) => !pattern.test(subjectOf(message)));
      if (wrong.length === 0) return allow();
      const lines = wrong.slice(0, MOST_SHOWN).map(shown);
      if (wrong.length > MOST_SHOWN) lines.push(`and ${wrong.length - MOST_SHOWN} more`);
      return refuse(
        ['commit messages do not keep to the rule:', ...lines, ...(hint === '' ? [] : [hint])].join('\n'),
      );
    });
  },
});

/** Null: nothing is asked for. @throws SyntaxError for a pattern that is none */
function ruleOf({ pattern, hint, repositories }: Readonly<Settings>) {
  if (pattern === '') return null;
  return { pattern: new RegExp(pattern, 'u'), hint, concerns: globMatcher(repositories) };
}

const subjectOf = (message: string) => (message.split('\n', 1)[0] ?? '').slice(0, LONGEST_SUBJECT);
const shown = ({ raw_id, message }: PolicyCommit) =>
  `  ${raw_id.slice(0, 12)} ${subjectOf(message).slice(0, LONGEST_LINE)}`;
