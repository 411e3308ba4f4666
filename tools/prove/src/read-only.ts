import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Makes every mount read-only but the folder `$1`, sees that it is so, and becomes the rest of its arguments. Files that were
 * open before (the log) stay as they were opened.
 */
const script = `set -e
writable="$1"; shift
mount --bind "$writable" "$writable"
awk '{ print $5 }' /proc/self/mountinfo | while read -r at; do
  [ "$at" = "$writable" ] || mount -o remount,bind,ro "$at" 2>/dev/null || true
done
for folder in / /tmp /var/tmp /dev/shm "\${TMPDIR:-/tmp}" "$writable/.."; do
  if touch "$folder/tacet-read-only" 2>/dev/null; then rm "$folder/tacet-read-only"; exit 97; fi
done
touch "$writable/.tacet-writable"; rm "$writable/.tacet-writable"
exec "$@"`;

/**
 * A command that runs another with a file system that is read-only but for one folder, in mounts of its own (unshare(1)).
 * Undefined where this machine does not let us have any.
 */
export async function readOnlyBut(folder: string): Promise<readonly string[] | undefined> {
  const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const command = ['unshare', '--mount', ...own, 'sh', '-c', script, 'sh', folder];
  const [file = '', ...further] = [...command, 'true'];
  return promisify(execFile)(file, further).then(
    () => command,
    () => undefined,
  );
}
