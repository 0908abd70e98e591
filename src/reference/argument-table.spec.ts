import { describe, expect, it } from 'vitest';
import { ArgumentBinder } from '../rpc/arguments.js';
import { Id, Int, OneOf, StringList, Text } from '../rpc/argument-types.js';
import { argumentTable } from './argument-table.js';

class SampleArgs {
  @Id({ description: 'id or name' })
  repoid!: number | string;

  @OneOf(['git', 'hg'], { optional: true })
  kind?: 'git' | 'hg';

  @Int({ optional: true, min: 1, max: 1000, description: 'one|other' })
  limit = 100;

  @Text({ optional: true, nullable: true, max: 255 })
  title: string | null = null;

  @StringList({ optional: true })
  words?: string[];
}

const [, , ...rows] = argumentTable(new ArgumentBinder('sample', SampleArgs).descriptors).split('\n');

describe('the table of arguments', () => {
  it('says type, default and meaning of each, with older names', () => {
    expect(rows).toEqual([
      '| `repoid` | integer or string | **required** | id or name; also `repo`, `repo_name` |',
      '| `kind` | `"git"`, `"hg"` |  |  |',
      '| `limit` | integer, 1 to 1000 | `100` | one\\|other |',
      '| `title` | string or null, up to 255 |  |  |',
      '| `words` | list of strings |  |  |',
    ]);
  });
});
