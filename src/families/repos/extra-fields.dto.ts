import { Text } from '../../rpc/argument-types.js';
import { RepoArgs } from './repos.dto.js';

export class ExtraFieldArgs extends RepoArgs {
  @Text({ max: 64, description: 'letters, digits, `_` and `-`; shown as `ex_<key>`' })
  field_key!: string;
}

export class CreateExtraFieldArgs extends ExtraFieldArgs {
  @Text({ optional: true, max: 255, description: 'the key when empty' })
  field_label = '';

  @Text({ optional: true, max: 10_000 })
  field_desc = '';

  @Text({ optional: true, max: 10_000 })
  field_value = '';
}

export class UpdateExtraFieldArgs extends ExtraFieldArgs {
  @Text({ optional: true, max: 255 })
  field_label?: string;

  @Text({ optional: true, max: 10_000 })
  field_desc?: string;

  @Text({ optional: true, max: 10_000 })
  field_value?: string;
}
