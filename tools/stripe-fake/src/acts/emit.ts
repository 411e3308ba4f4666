import { newEvent, type EventType } from '../objects/event.ts';
import type { World } from '../world.ts';

/** Says that something happened to an object: keeps the event and gives it to the endpoint. */
export function emit(world: World, type: EventType, object: object, previous?: object): void {
  const event = newEvent(world.ids.next('event'), world.clock.now(), type, structuredClone(object), previous, world.cause);
  world.store.events.add(event);
  world.deliverer.announce(event);
}

/** Changes an object and says so, with what it was before. Says nothing where nothing changed. */
export function emitChange(world: World, type: EventType, object: object, change: () => void): void {
  const before: Record<string, unknown> = structuredClone(object) as Record<string, unknown>;
  change();
  const after = object as Record<string, unknown>;
  const changed = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed.length > 0) emit(world, type, object, Object.fromEntries(changed.map((name) => [name, before[name] ?? null])));
}
