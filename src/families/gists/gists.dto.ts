import { Bool, Id, Int, JsonObjectArg, OneOf, Text } from '../../rpc/argument-types.js';
import { GIST_TYPES, type GistType } from './gist-record.js';

/** A hundred years. */
const LONGEST_LIFETIME = 52_560_000;
const GIST = { description: 'gist id or access id' };
const DESCRIPTION = { optional: true, max: 10_000 };

export class CreateGistArgs {
  @JsonObjectArg({ description: '`{"<file name>": {"content": "<text>"}}`, 100 files and 10 MiB at most' })
  files!: Record<string, unknown>;

  @Id({ optional: true, description: 'user id or name; others than oneself for super admins only' })
  owner?: number | string;

  @OneOf(GIST_TYPES, {
    optional: true,
    description: 'public: every user may read it; private: the owner and super admins',
  })
  gist_type: GistType = 'public';

  @Int({ optional: true, min: -1, max: LONGEST_LIFETIME, description: 'minutes from now; -1: for ever' })
  lifetime = -1;

  @Text(DESCRIPTION)
  description = '';
}

export class GetGistArgs {
  @Id(GIST)
  gistid!: number | string;

  @Bool({ optional: true, description: 'adds `content`: `{"<file name>": "<text>"}`' })
  content = false;
}

export class GetGistsArgs {
  @Id({
    optional: true,
    description:
      'owner, by user id or name; the caller when omitted. Of others only `public` ones can be listed',
  })
  userid?: number | string;

  @OneOf(GIST_TYPES, { optional: true, description: 'only gists of this type' })
  gist_type?: GistType;

  @Int({ optional: true, min: 1, description: 'length of a page; everything when omitted' })
  limit?: number;

  @Int({ optional: true, min: 1, description: '`gist_id` of the last gist of the page before' })
  cursor?: number;
}

export class UpdateGistArgs {
  @Id(GIST)
  gistid!: number | string;

  @JsonObjectArg({
    optional: true,
    description: 'files to add or to write anew, as for `create_gist`; null removes one; others stay',
  })
  files?: Record<string, unknown>;

  @Text(DESCRIPTION)
  description?: string;

  @Int({
    optional: true,
    min: -1,
    max: LONGEST_LIFETIME,
    description: 'minutes from now; -1: for ever; 0: as it is',
  })
  lifetime = 0;
}

export class DeleteGistArgs {
  @Id(GIST)
  gistid!: number | string;
}
