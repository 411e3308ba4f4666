import { JsonWalk } from './json-walk.ts';
import { findValue } from './read-field.ts';
import type { ScannedObject } from './scan-object.ts';

/** Texts to embed or rank are strings, lists of them or of tokens, or objects that hold a text: nothing is deeper. */
const textDepthMax = 2;
const textNames: ReadonlySet<string> = new Set(['text', 'type', 'role', 'name', 'title', 'content', 'id']);
/** What names a server that the worker would connect to. */
const serverNames: ReadonlySet<string> = new Set(['server_url', 'connector_id', 'url']);

/** The name of a field that could hold something other than text, for endpoints that take text alone; undefined where there is none. */
export function findUntextual(object: ScannedObject, names: readonly string[]): string | undefined {
  const deep = object.fields.find(({ depth }) => depth > textDepthMax);
  if (deep) return deep.name;
  return names.find((name) => {
    const field = findValue(object, name);
    if (field === undefined) return false;
    const walk = new JsonWalk(object.bytes);
    let isText = true;
    const look = (at: number) =>
      walk.members(at, (member, value) => {
        isText &&= textNames.has(member);
        return walk.endOf(value);
      });
    if (object.bytes[field.valueStart] === 0x5b) walk.elements(field.valueStart, look);
    else look(field.valueStart);
    return !isText;
  });
}

/** Whether a list of tools names a server that the worker would connect to. */
export function findRemoteTool(object: ScannedObject, name: string): boolean {
  const field = findValue(object, name);
  if (field === undefined) return false;
  const walk = new JsonWalk(object.bytes);
  let isRemote = false;
  const look = (member: string, at: number) => {
    isRemote ||= serverNames.has(member);
    return walk.endOf(at);
  };
  walk.elements(field.valueStart, (at) => walk.members(at, look));
  return isRemote;
}
