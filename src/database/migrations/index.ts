import { Core1764000001000 } from './1764000001000-core.js';
import { Delivery1764000002000 } from './1764000002000-delivery.js';
import { KeyRotation1764000003000 } from './1764000003000-key-rotation.js';
import { DirectoryMoves1764000004000 } from './1764000004000-directory-moves.js';
import { Gists1764000005000 } from './1764000005000-gists.js';
import { PullRequests1764000006000 } from './1764000006000-pull-requests.js';
import { Installation1764000007000 } from './1764000007000-installation.js';
import { Jobs1764000008000 } from './1764000008000-jobs.js';
import { LocksAndFields1764000009000 } from './1764000009000-locks-and-fields.js';
import { JobsOfGroups1764000010000 } from './1764000010000-jobs-of-groups.js';
import { Pushes1764000012000 } from './1764000012000-pushes.js';
import { Memberships1764000014000 } from './1764000014000-memberships.js';
import { EndpointPace1764000016000 } from './1764000016000-endpoint-pace.js';
import { RequestLog1764000017000 } from './1764000017000-request-log.js';
import { EventStream1764000018000 } from './1764000018000-event-stream.js';
import { EventFilters1764000018100 } from './1764000018100-event-filters.js';
import { Plugins1764000019000 } from './1764000019000-plugins.js';
import { Lookups1764000019500 } from './1764000019500-lookups.js';
import { AnnouncedRefs1764000020000 } from './1764000020000-announced-refs.js';
import { ResentDeliveries1764000023000 } from './1764000023000-resent-deliveries.js';

/** In order; listed one by one because TypeORM's globs do not survive ESM builds. */
export const MIGRATIONS = [
  Core1764000001000,
  Delivery1764000002000,
  KeyRotation1764000003000,
  DirectoryMoves1764000004000,
  Gists1764000005000,
  PullRequests1764000006000,
  Installation1764000007000,
  Jobs1764000008000,
  LocksAndFields1764000009000,
  JobsOfGroups1764000010000,
  Pushes1764000012000,
  Memberships1764000014000,
  EndpointPace1764000016000,
  RequestLog1764000017000,
  EventStream1764000018000,
  EventFilters1764000018100,
  Plugins1764000019000,
  Lookups1764000019500,
  AnnouncedRefs1764000020000,
  ResentDeliveries1764000023000,
];
