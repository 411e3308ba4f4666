/** What every answer begins with, one token each, so that nobody takes a simulator for a model. */
export const preface: readonly string[] = [
  'This', ' is', ' a', ' simulator', ',', ' not', ' a', ' language', ' model', ':', ' nothing', ' read', ' your', ' prompt', ',', ' and', ' the',
  ' words', ' that', ' follow', ' mean', ' nothing', '.',
];

const words = 'air amber anchor apple arch ash atlas autumn bank barley basin beacon bell birch bloom blue bog boat bramble brass breeze brick bridge brook canal candle cedar chalk chapel cherry circle city clay cliff clock cloud clover coal coast cobalt coin copper coral corn cotton crane creek crown cup dale dawn deer delta dew door dove drift drum dune dusk eagle earth east ebb echo elm ember fable falcon feather fern field fig finch fire fjord flax flint flute foam fog forest forge fox frost garden gate glass glen gold grain granite grass grove gull harbor hare harp hazel heath heron hill hollow honey horizon horn ice iron island ivory ivy jade juniper kelp kettle key kite lake lamp lantern larch lark leaf ledge lilac lime linen loom lotus lynx maple marble marsh meadow mesa milk mill mint mist moon moor moss moth mountain nest night north oak oar oat ocean olive onyx opal orbit orchard otter owl palm path pearl pebble pine plain plum pollen pond poplar port prairie quarry quartz quill rain raven reed reef ridge river robin rope rose rust rye saddle sage sail salt sand sea shade shell shore silk silver slate snow song south spark spring spruce star steam stone storm stream summer sun swan thistle thorn thread thunder tide timber torch tower trail tulip valley velvet vine violet wagon walnut water wave west wheat willow wind winter wolf wood wool wren yard yarrow year'.split(' ');

/** The plain tokens: ASCII, with a leading space, nothing that JSON escapes. */
export const plainWords: readonly string[] = words.map((word) => ` ${word}`);

/** Tokens of two, three and four bytes a character. */
export const multibyteWords: readonly string[] = [' é', ' ñandú', ' Größe', ' Łódź', ' ночь', ' море', ' φως', ' 水', ' 東京', ' 밤', ' 🌊', ' 🎼', ' 👩‍🚀', ' ∮', ' 𝄞', ' ไทย'];

/** A number below 2³² from a seed and a position, the same for ever (the finalizer of MurmurHash3). */
export function scatter(seed: number, position: number): number {
  let h = (seed ^ Math.imul(position + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const hashedCharactersMax = 4_096;

/** Folds a text into a seed (FNV-1a over its first 4,096 characters and its length). */
export function fold(seed: number, text: string): number {
  let h = (seed ^ 0x811c9dc5) >>> 0;
  const end = Math.min(text.length, hashedCharactersMax);
  for (let at = 0; at < end; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(h ^ text.length, 0x01000193) >>> 0;
}
