import {
  expiry,
  id,
  localTime,
  mapOf,
  message,
  named,
  nothing,
  oneOf,
  optional,
  text,
} from '../../rpc/result-shapes.js';

export const Gist = named('Gist', {
  gist_id: id,
  type: oneOf('public', 'private'),
  access_id: text,
  description: text,
  url: text,
  expires: expiry,
  created_on: localTime,
});

export const GistDetails = named('GistDetails', { ...Gist.properties, content: optional(mapOf(text)) });
export const ChangedGist = message({ gist: Gist });
export const DeletedGist = message({ gist: nothing });
