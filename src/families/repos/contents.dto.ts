import { Bool, Id, Int, OneOf, Text } from '../../rpc/argument-types.js';
import { RepoArgs } from './repos.dto.js';

const REVISION = {
  description:
    'full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end)',
};

export const FILE_DETAILS = ['minimal', 'minimal+search', 'basic', 'full'] as const;

export class GetRepoFileArgs extends RepoArgs {
  @Id(REVISION)
  commit_id!: number | string;

  @Text({ max: 4096, description: 'full path of a file' })
  file_path!: string;

  @Int({ optional: true, min: 0, description: 'the content of larger files is null' })
  max_file_bytes?: number;

  @OneOf(FILE_DETAILS, {
    optional: true,
    description: '`basic` adds `md5`, `size` and the like, `full` adds `content` and `lines` too',
  })
  details: (typeof FILE_DETAILS)[number] = 'basic';

  @OneOf(['text', 'base64'], {
    optional: true,
    description: 'of `content`: as text, where it is null for binary files, or every byte in base64',
  })
  encoding: 'text' | 'base64' = 'text';

  @Bool({ optional: true, description: 'accepted for older clients, without effect: commits never change' })
  cache = true;
}

export class GetRepoFtsTreeArgs extends RepoArgs {
  @Id(REVISION)
  commit_id!: number | string;

  @Text({ max: 4096, description: 'directory to begin below; `""` or `/` is the root' })
  root_path!: string;
}

export class GetRepoSettingsArgs extends RepoArgs {
  @Text({ optional: true, max: 255, description: 'only the value of this one, null when there is none' })
  key?: string;
}
