import { printed, type PrintedMethods } from '../printed-method.js';

interface RightAnswer {
  msg: string;
  success: boolean;
}

const forGroup = printed<RightAnswer>(({ msg, success }) => ({
  msg: msg.replace(' for user group: ', ' for group: '),
  success,
}));

export const groupRights: PrintedMethods = {
  grant_user_group_permission: forGroup,
  revoke_user_group_permission: forGroup,
};
