import { authenticated, decidedBy, superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { listOf } from '../../rpc/result-shapes.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { EventCatalogue } from './event-catalogue.service.js';
import { EventFeed } from './event-feed.service.js';
import { EventTypeArgs, ExpungeEventsArgs, GetEventsArgs } from './events.dto.js';
import { toEventPageView } from './event.view.js';
import { EventsPage, EventType, EventTypeDetails, ExpungedEvents } from './events.results.js';
import { ExpungeService } from './expunge.service.js';

@RpcFamily('events')
export class EventsRpc {
  constructor(
    private readonly feed: EventFeed,
    private readonly catalogue: EventCatalogue,
    private readonly expunging: ExpungeService,
  ) {}

  @RpcMethod('get_events', {
    requires: decidedBy(
      'any user; he sees pushes, pull requests and changesets of what he may read, the rest of what he is admin of',
    ),
    result: EventsPage,
    summary: 'Read the event log, oldest first, from a cursor on; on request wait for what comes',
  })
  async list(@Args() args: GetEventsArgs, @Caller() call: RpcCall) {
    return toEventPageView(await this.feed.page(call, args));
  }

  @RpcMethod('get_event_types', {
    requires: authenticated(),
    result: listOf(EventType),
    summary: 'List the types of events',
  })
  types() {
    return this.catalogue.list();
  }

  @RpcMethod('get_event_type', {
    requires: authenticated(),
    result: EventTypeDetails,
    summary: 'Show a type of event with its JSON Schema and an example',
  })
  type(@Args() args: EventTypeArgs) {
    return this.catalogue.get(args.event_type);
  }

  @RpcMethod('expunge_events', {
    requires: superAdmin(),
    result: ExpungedEvents,
    summary: 'Erase the content of an event, or of all events about a person, from the logs, as a job',
  })
  expunge(@Args() args: ExpungeEventsArgs, @Caller() call: RpcCall) {
    return this.expunging.expunge(call, args);
  }
}
