import { id, message, named, oneOf, text, yes } from '../../rpc/result-shapes.js';

export const GlobalPermission = named('GlobalPermission', {
  permission_id: id,
  type: oneOf('user', 'user_group'),
  id,
  name: text,
  permission: text,
});

export const ChangedRight = message({ success: yes });
