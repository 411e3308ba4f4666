/**
 * A field name without regard to case: some workers match names so (Go's encoding/json). By way of capitals,
 * since ſ and the Kelvin sign fold to s and k there.
 */
export function foldName(name: string): string {
  return name.toUpperCase().toLowerCase();
}
