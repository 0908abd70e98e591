import { settingsReference as describeSettings } from '../config/describe-settings.js';
import { cell } from './markdown.js';

/** The table of `docs/settings.md`. */
export function settingsReference(): string {
  const rows = describeSettings().map(
    ({ env, fileKey, allowed, fallback, meaning }) =>
      `| \`${env}\` | ${fileKey === null ? '-' : `\`${fileKey}\``} | ${cell(allowed)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return (
    [
      '# Settings',
      'Generated from the schema by `npm run generate`; do not edit.',
      'The environment comes first, then `forgegate.yaml` in `FORGEGATE_HOME`. `npm run config` prints what is in force.',
      [
        '| environment | in forgegate.yaml | allowed | default | meaning |',
        '| --- | --- | --- | --- | --- |',
        ...rows,
      ].join('\n'),
    ].join('\n\n') + '\n'
  );
}
